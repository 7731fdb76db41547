"""A photo on its way to a browser: decoded and written anew, so that nothing but its pixels goes along."""

from io import BytesIO
from urllib.parse import quote

from django.http import HttpResponse
from PIL import Image, ImageOps, UnidentifiedImageError

from survey.models import Attachment

SHOWN_FORMATS = ("JPEG", "PNG", "WEBP")
SIDE_MOST_PX = 2400
PIXELS_MOST = 60_000_000


def photo_response(row: Attachment, content: bytes | None) -> HttpResponse:
    """The picture without metadata; a file of another kind is saved, never shown."""
    if content is None:
        return HttpResponse(status=404)
    picture = plain_picture(content)
    if picture is not None:
        response = HttpResponse(picture, content_type="image/jpeg")
    else:
        response = HttpResponse(content, content_type="application/octet-stream")
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.name)}"
    response["Cache-Control"] = "no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def plain_picture(content: bytes) -> bytes | None:
    """JPEG bytes of a picture, turned upright; None for what is none or is too large to open."""
    try:
        with Image.open(BytesIO(content), formats=SHOWN_FORMATS) as opened:
            if opened.width * opened.height > PIXELS_MOST:
                return None
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    upright.thumbnail((SIDE_MOST_PX, SIDE_MOST_PX))
    written = BytesIO()
    upright.save(written, "JPEG", quality=88)
    return written.getvalue()
