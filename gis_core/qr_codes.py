"""A text as a QR code drawn with one SVG path: no picture file, no inline style."""

import qrcode


def qr_path(text: str) -> tuple[str, int]:
    """The code as the `d` of one SVG path, and the side of its view box in modules with quiet zone."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    modules = code.get_matrix()
    runs = []
    for y, row in enumerate(modules):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                runs.append(f"M{start} {y}h{x - start}v1h{start - x}z")
            x += 1
    return "".join(runs), len(modules)
