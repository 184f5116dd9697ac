//! Cyclic redundancy check CRC-16-CCITT, bit by bit. After the recipe of Cristian Navalici, which is free for all use.

use dace::dace;

dace! {
    def crc16(data: uint8[N], poly: int64 = 0x8408):
        crc = 0xFFFF
        for b in data:
            cur_byte = 0xFF & b
            for _ in range(0, 8):
                if (crc & 0x0001) ^ (cur_byte & 0x0001):
                    crc = (crc >> 1) ^ poly
                else:
                    crc >>= 1
                cur_byte >>= 1
        crc = (~crc & 0xFFFF)
        crc = (crc << 8) | ((crc >> 8) & 0xFF)

        return crc & 0xFFFF
}
