# SPDX-License-Identifier: AGPL-3.0-or-later
"""The child that cleans one file that came in, then ends. Run by ``documents.incoming`` alone.

It reads the file on standard input and writes the cleaned one on standard output; the last line of
standard error is one word, the reason of a refusal. It is started by path, isolated, and imports
nothing of Terreau.
"""

import io
import json
import resource
import sys
import warnings
from typing import Any

import pikepdf
from PIL import Image, ImageOps

LONGEST_SIDE = 2400  # points: enough for an A4 print, light enough for a phone in the country
NAMES = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
ACTIVE = (
    "/AA /OpenAction /JS /JavaScript /EmbeddedFiles /EF /AF /Metadata /PieceInfo /XFA /Collection"
    " /URI"
).split()
ACTIVE_ANNOTATIONS = {"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"}
PHOTOGRAPHS = (pikepdf.Name.DCTDecode, pikepdf.Array([pikepdf.Name.DCTDecode]))
# Markers of a JPEG. Of what programs add (APP0 to APP15, then remarks), only what changes how the
# points are read stays: its density, its colours.
START_OF_SCAN, FIRST_APPLICATION = b"\xda", 0xE0
NEEDED = (0xE0, 0xEE)
ICC = (0xE2, b"ICC_PROFILE")


class Refused(Exception):
    """The file is not taken; the text is one word that the parent knows."""


def set_limits(*, seconds: int, memory: int) -> None:
    """Bound processor time and memory, and forbid writing any file."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def clean_photo(content: bytes, kind: str, pixels: int) -> bytes:
    """Decode a photo, turn it the right way up, and write its points anew: nothing else stays."""
    Image.MAX_IMAGE_PIXELS = pixels
    try:
        with Image.open(io.BytesIO(content), formats=[NAMES[kind]]) as photo:
            if photo.width * photo.height > pixels:
                raise Refused("pixels")
            photo.load()
            upright: Image.Image = ImageOps.exif_transpose(photo)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("pixels") from error
    except (OSError, ValueError, SyntaxError, IndexError, KeyError, Warning) as error:
        raise Refused("broken") from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return encode(upright, kind)


def encode(photo: Image.Image, kind: str) -> bytes:
    """Write the points of a photo, and only them."""
    mode = "RGB" if kind == "jpg" or "A" not in photo.getbands() else "RGBA"
    if kind != "jpg" and "transparency" in photo.info:
        mode = "RGBA"
    if photo.mode.startswith("I;16"):  # sixteen bits of grey: keep the eight that are seen
        photo = photo.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    points = photo.convert(mode)
    bare = Image.new(mode, points.size)  # a new image carries no metadata along
    bare.paste(points)
    out = io.BytesIO()
    options: dict[str, Any] = {} if kind == "png" else {"quality": 85}
    bare.save(out, NAMES[kind], **options)
    return out.getvalue()


def clean_pdf(content: bytes, pages: int) -> bytes:
    """Rewrite a PDF without what could act, what is embedded in it, and its metadata."""
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=True) as pdf:
            if pdf.is_encrypted:
                raise Refused("locked")
            if not 0 < len(pdf.pages) <= pages:
                raise Refused("pages" if len(pdf.pages) else "broken")
            for item in pdf.objects:
                strip(item)
            if "/Info" in pdf.trailer:
                del pdf.trailer["/Info"]
            pdf.remove_unreferenced_resources()
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True)
    except pikepdf.PasswordError as error:
        raise Refused("locked") from error
    except (pikepdf.PdfError, ValueError, RuntimeError, TypeError, KeyError) as error:
        raise Refused("broken") from error
    return out.getvalue()


def strip(item: Any) -> None:
    """Remove what acts or is embedded from one object and from what is written inside it."""
    waiting = [item]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, pikepdf.Array):
            waiting += [part for part in thing if inside(part)]
        elif isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
            disarm(thing)
            if isinstance(thing, pikepdf.Stream) and thing.get("/Filter") in PHOTOGRAPHS:
                bare = bare_jpeg(thing.read_raw_bytes())
                parameters: Any = thing.get("/DecodeParms")
                thing.write(bare, filter=pikepdf.Name.DCTDecode, decode_parms=parameters)
            waiting += [part for _, part in thing.items() if inside(part)]


def bare_jpeg(content: bytes) -> bytes:
    """Return a JPEG without its place, date, device, thumbnail and remarks; its points untouched.

    A scanner or a telephone puts its photos into a PDF as they are.
    """
    kept, at = [content[:2]], 2
    while content[at : at + 1] == b"\xff" and content[at + 1 : at + 2] not in (START_OF_SCAN, b""):
        if content[at + 1] == 0xFF:  # a marker may stand behind several of these
            at += 1
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if is_needed(content[at:end]):
            kept.append(content[at:end])
        at = end
    return b"".join([*kept, content[at:]])


def is_needed(segment: bytes) -> bool:
    """Tell whether a segment of a JPEG says how to read its points."""
    marker = segment[1]
    return (
        marker < FIRST_APPLICATION or marker in NEEDED or (marker == ICC[0] and ICC[1] in segment)
    )


def inside(part: Any) -> bool:
    """Tell whether a part is written in its parent (the others come by themselves)."""
    return isinstance(part, (pikepdf.Array, pikepdf.Dictionary)) and not part.is_indirect


def disarm(thing: Any) -> None:
    """Remove the keys that act. A link to an address stays a word on the page, no more."""
    for key in ACTIVE:
        if key in thing:
            del thing[key]
    if str(thing.get("/Subtype", "")) in ACTIVE_ANNOTATIONS:
        thing["/Subtype"] = pikepdf.Name("/Text")
    action = thing.get("/A")
    if not isinstance(action, (pikepdf.Dictionary, pikepdf.Stream)) or "/S" not in action:
        return  # /A is also the attributes of a structure element
    if action.get("/S") != "/GoTo":
        del thing["/A"]
    elif "/Next" in action:
        del action["/Next"]


def main() -> None:
    """Clean what comes in."""
    order = json.loads(sys.argv[1])
    content = sys.stdin.buffer.read()
    set_limits(seconds=order["seconds"], memory=order["memory"])
    warnings.simplefilter("ignore")  # a crooked tag of a camera is no reason to refuse a photo
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        if order["kind"] == "pdf":
            cleaned = clean_pdf(content, order["pages"])
        else:
            cleaned = clean_photo(content, order["kind"], order["pixels"])
    except Refused as refused:
        sys.exit(str(refused))
    except MemoryError:
        sys.exit("heavy")
    sys.stdout.buffer.write(cleaned)


if __name__ == "__main__":
    main()
