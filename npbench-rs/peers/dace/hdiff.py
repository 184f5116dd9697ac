# Sizes as symbols, not as variables.
def hdiff(in_field: float64[NI + 4, NJ + 4, NK], out_field: float64[NI, NJ, NK],
          coeff: float64[NI, NJ, NK]):
    lap_field = 4.0 * in_field[1:NI + 3, 1:NJ + 3, :] - (
        in_field[2:NI + 4, 1:NJ + 3, :] + in_field[0:NI + 2, 1:NJ + 3, :] +
        in_field[1:NI + 3, 2:NJ + 4, :] + in_field[1:NI + 3, 0:NJ + 2, :])
    res1 = lap_field[1:, 1:NJ + 1, :] - lap_field[:-1, 1:NJ + 1, :]
    flx_field = np.where(
        (res1 * (in_field[2:NI + 3, 2:NJ + 2, :] - in_field[1:NI + 2, 2:NJ + 2, :])) > 0, 0, res1)
    res2 = lap_field[1:NI + 1, 1:, :] - lap_field[1:NI + 1, :-1, :]
    fly_field = np.where(
        (res2 * (in_field[2:NI + 2, 2:NJ + 3, :] - in_field[2:NI + 2, 1:NJ + 2, :])) > 0, 0, res2)
    out_field[:, :, :] = in_field[2:NI + 2, 2:NJ + 2, :] - coeff[:, :, :] * (
        flx_field[1:, :, :] - flx_field[:-1, :, :] + fly_field[:, 1:, :] - fly_field[:, :-1, :])
