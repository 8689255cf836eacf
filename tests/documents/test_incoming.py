# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files that come in: cleaned whatever they carry, refused in plain words when they are not fit."""

import io
import struct
import zlib

import pikepdf
import pytest
from PIL import Image

from terreau.core.errors import Invalid
from terreau.documents.incoming import KEPT, MAX_BYTES, SENTENCES, clean

pytestmark = pytest.mark.unit

SECRET = b"44.837789, -0.57918 appareil de Camille"


def photo(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **options: object) -> bytes:
    out = io.BytesIO()
    picture = Image.new("RGB", size, "white")
    picture.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    picture.save(out, kind, **options)
    return out.getvalue()


def photo_with_place() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter: the camera was held upright
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[2] = (44.0, 50.0, 16.0)
    return photo(exif=exif, comment=SECRET)


def document(pages: int = 1, **options: object) -> bytes:
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page()
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def armed_document() -> bytes:
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    script = pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS="app.alert('SCRIPT')")
    pdf.Root.OpenAction = script
    page.AA = pikepdf.Dictionary(O=script)
    link = pikepdf.Dictionary(
        Type=pikepdf.Name("/Annot"),
        Subtype=pikepdf.Name("/Link"),
        Rect=[0, 0, 10, 10],
        A=pikepdf.Dictionary(S=pikepdf.Name("/Launch"), F="LANCE.exe"),
    )
    page.Annots = pdf.make_indirect([link])
    pdf.attachments["CACHE.exe"] = b"PLANTED inside"
    pdf.docinfo["/Author"] = "SECRET author"
    with pdf.open_metadata() as metadata:
        metadata["dc:creator"] = ["SECRET author"]
    out = io.BytesIO()
    pdf.save(out, compress_streams=False)
    return out.getvalue()


def sentence_of(content: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        clean(content)
    assert refused.value.field == "file"
    return refused.value.message


def expected(reason: str) -> str:
    return f"{SENTENCES[reason]} {KEPT}"


@pytest.mark.parametrize(("kind", "extension"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_a_photo_keeps_its_kind_and_its_points(kind, extension):
    cleaned = clean(photo(kind))

    with Image.open(io.BytesIO(cleaned.content)) as picture:
        assert (cleaned.extension, picture.format, picture.size) == (extension, kind, (40, 20))


def test_a_photo_loses_its_place_and_is_turned_upright():
    sent = photo_with_place()
    assert SECRET in sent

    cleaned = clean(sent)

    with Image.open(io.BytesIO(cleaned.content)) as picture:
        assert (dict(picture.getexif()), picture.size) == ({}, (20, 40))
        assert picture.getpixel((15, 5))[1] < 60  # red has gone to the right
    assert SECRET not in cleaned.content


def test_a_large_photo_becomes_smaller():
    cleaned = clean(photo(size=(6000, 300)))

    with Image.open(io.BytesIO(cleaned.content)) as picture:
        assert picture.size == (2400, 120)


def test_transparency_stays():
    out = io.BytesIO()
    Image.new("RGBA", (3, 3), (0, 0, 0, 0)).save(out, "PNG")

    cleaned = clean(out.getvalue())

    with Image.open(io.BytesIO(cleaned.content)) as picture:
        assert picture.getpixel((1, 1)) == (0, 0, 0, 0)


def test_what_is_hidden_behind_a_photo_is_gone():
    sent = photo() + b"<script>PLANTED</script>PK\x03\x04"

    assert b"PLANTED" not in clean(sent).content


def test_a_pdf_loses_scripts_actions_embedded_files_and_metadata():
    sent = armed_document()
    planted = (b"SCRIPT", b"LANCE", b"PLANTED", b"SECRET")
    assert [word in sent for word in planted] == [True] * 4

    cleaned = clean(sent)

    with pikepdf.open(io.BytesIO(cleaned.content)) as pdf:
        names = {
            str(key) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) for key in item
        }
        raw = b" ".join(
            item.unparse() if not isinstance(item, pikepdf.Stream) else item.read_bytes()
            for item in pdf.objects
        )
        assert (len(pdf.pages), list(pdf.attachments)) == (1, [])
    assert names & {"/OpenAction", "/AA", "/JS", "/EF", "/Metadata", "/A"} == set()
    assert [word in raw for word in planted] == [False] * 4


def scanned(picture: bytes, filters: pikepdf.Object) -> bytes:
    """A PDF of one photo put in as it is, as scanners and telephones do."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    size = {"Width": 40, "Height": 20}
    image = pdf.make_stream(picture, Subtype=pikepdf.Name.Image, Filter=filters, **size)
    page.Contents = pdf.make_stream(b"/Photo Do")
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Photo=image))
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize("listed", [False, True])
def test_a_photo_inside_a_pdf_loses_its_place_and_keeps_its_points(listed):
    jpeg = pikepdf.Name.DCTDecode
    filters = pikepdf.Array([jpeg]) if listed else jpeg
    picture = photo_with_place()
    with Image.open(io.BytesIO(picture)) as before:
        points = before.tobytes()
    sent = scanned(picture, filters)
    assert b"Exif" in sent

    cleaned = clean(sent)

    assert b"Exif" not in cleaned.content
    with pikepdf.open(io.BytesIO(cleaned.content)) as pdf:
        kept = bytes(pdf.pages[0].Resources.XObject.Photo.read_raw_bytes())
    with Image.open(io.BytesIO(kept)) as after:
        assert after.tobytes() == points


@pytest.mark.parametrize("broken", [b"", b"\xff", b"\xff\xd8\xff", b"\xff\xd8\xff\xe1", b"none"])
def test_a_broken_photo_inside_a_pdf_is_left_as_it_is(broken):
    assert clean(scanned(broken, pikepdf.Name.DCTDecode)).extension == "pdf"


def test_cleaning_twice_the_same_file_gives_the_same_bytes():
    for sent in (armed_document(), photo_with_place()):
        assert clean(sent).sha256 == clean(sent).sha256


def bomb() -> bytes:
    """A PNG of a few kilobytes that unfolds to 400 million points."""
    side = 20_000
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100_000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def swollen_document(megabytes: int) -> bytes:
    """A PDF whose only object stream unfolds to so many megabytes, in a few kilobytes each."""
    packer = zlib.compressobj(9)
    head = packer.compress(b" ") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = head + block * megabytes
    out = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    pages_at = len(out)
    out += b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    stream_at = len(out)
    out += b"5 0 obj<</Type/ObjStm/N 1/First 10/Filter/FlateDecode/Length %d>>stream\n" % len(
        packed
    )
    out += packed + b"\nendstream endobj\n"
    table_at = len(out)
    rows = [(0, 0, 1), (1, 9, 0), (1, pages_at, 0), (2, 5, 0), (0, 0, 0), (1, stream_at, 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in [*rows, (1, table_at, 0)])
    out += b"6 0 obj<</Type/XRef/Size 7/W[1 4 2]/Root 1 0 R/Length %d>>stream\n" % len(table)
    return out + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % table_at


def test_a_document_that_swells_is_refused_and_nothing_hangs():
    swollen = swollen_document(3000)
    assert len(swollen) < MAX_BYTES

    assert sentence_of(swollen) in {expected("broken"), expected("heavy")}


def test_sixteen_bits_of_grey_keep_their_shade():
    out = io.BytesIO()
    Image.new("I;16", (3, 3), 128 * 256).save(out, "PNG")

    cleaned = clean(out.getvalue())

    with Image.open(io.BytesIO(cleaned.content)) as picture:
        assert picture.getpixel((1, 1)) == (128, 128, 128)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff" + b"a" * MAX_BYTES, "large"),
        (b"MZ\x90 a program named photo.jpg", "kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "kind"),
        (b"<html><script>alert(1)</script>%PDF-1.7", "kind"),
        (b"PK\x03\x04 an archive", "kind"),
        (b"GIF89a" + b"\0" * 50, "kind"),
        (b"\xff\xd8\xff\xe0 not a photo at all", "broken"),
        (photo()[:200], "broken"),
        (b"RIFF\x10\0\0\0WEBPVP8 nothing", "broken"),
        (bomb(), "pixels"),
        (b"%PDF-1.7 nothing behind", "broken"),
        (document(encryption=pikepdf.Encryption(owner="a", user="b")), "locked"),
        (document(encryption=pikepdf.Encryption(owner="a", user="")), "locked"),
        (document(pages=301), "pages"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_fit_is_refused_in_plain_words(content, reason):
    assert sentence_of(content) == expected(reason)
