# DaCe loops over places, not over values; `poly` is a name of SymPy.
def crc16(data: uint8[N], polynomial: int64):
    crc: dace.int64 = 0xFFFF
    for i in range(N):
        cur_byte: dace.int64 = data[i]
        for b in range(8):
            if (crc & 1) ^ (cur_byte & 1):
                crc = (crc >> 1) ^ polynomial
            else:
                crc = crc >> 1
            cur_byte = cur_byte >> 1
    crc = ~crc & 0xFFFF
    crc = (crc << 8) | ((crc >> 8) & 0xFF)
    return crc & 0xFFFF
