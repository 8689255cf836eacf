# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages of the journal: who reads what, what is refused, and how files are served."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from terreau.core import clock
from terreau.documents.incoming import MAX_BYTES, SENTENCES, clean
from terreau.ecosystems.models import LogEntry
from terreau.people.enums import Level
from tests.ecosystems.factories import make_entry, make_photo, photo_bytes
from tests.factories import join, make_ecosystem, make_user
from tests.web.counting import query_count
from tests.web.reading import post_as_read

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def ecosystem():
    return make_ecosystem()


@pytest.fixture
def alice(ecosystem):
    return join(make_user("Alice"), ecosystem)


def sent(alice, text="Des lignes.", **changes):
    fields = {
        "key": uuid4(),
        "text": text,
        "day": clock.today().isoformat(),
        "author": alice.agent_id,
        "level": Level.CIRCLE,
    }
    return {**fields, **changes}


def test_three_lines_are_written_with_their_photo(client, ecosystem, alice, store):
    client.force_login(alice)
    photo = SimpleUploadedFile("banc.jpg", photo_bytes(), "image/jpeg")

    answer = client.post(
        reverse("logbook_add", args=[ecosystem.slug]),
        sent(alice, file=photo, description="Un banc"),
    )

    assert (answer.status_code, answer["Location"]) == (302, f"/c/{ecosystem.slug}/journal/")
    entry = LogEntry.objects.get()
    assert (entry.text, entry.attachments.get().description) == ("Des lignes.", "Un banc")
    page = client.get(answer["Location"]).content.decode()
    assert page.count("Des lignes.") == 1


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("photo.jpg", b"", "empty"),
        ("photo.jpg", b"MZ not a photo", "kind"),
        ("../../x.svg", b"<svg onload='alert(1)'/>", "kind"),
        ("photo.jpg", b"\xff\xd8\xff" + b"a" * (MAX_BYTES + 5), "large"),
        ("doc.pdf", b"%PDF-1.7 nothing", "broken"),
    ],
)
def test_a_file_that_is_not_fit_is_refused_and_the_text_is_kept(
    client, ecosystem, alice, store, name, content, reason
):
    client.force_login(alice)
    address = reverse("logbook_add", args=[ecosystem.slug])

    answer = client.post(address, sent(alice, file=SimpleUploadedFile(name, content)))

    page = answer.content.decode()
    errors = answer.context["form"].errors["file"]
    assert [error.startswith(SENTENCES[reason]) for error in errors] == [True]
    assert page.count("Des lignes.") == 1
    assert (LogEntry.objects.count(), [path for path in store.rglob("*") if path.is_file()]) == (
        0,
        [],
    )


def test_two_hundred_megabytes_leave_no_more_than_ten(client, ecosystem, alice, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    client.force_login(alice)
    address = reverse("logbook_add", args=[ecosystem.slug])
    huge = SimpleUploadedFile("huge.jpg", b"\xff\xd8\xff" + bytes(200 * 1024**2))

    answer = client.post(address, sent(alice, file=huge))

    assert answer.wsgi_request.FILES["file"].size == MAX_BYTES + 1
    assert answer.context["form"].errors["file"] == [SENTENCES["large"]]
    assert LogEntry.objects.count() == 0


def test_a_file_is_served_so_that_nothing_runs(client, ecosystem, alice):
    attachment = make_entry(alice, ecosystem, file=make_photo('a"b.jpg')).attachments.get()
    client.force_login(alice)

    answer = client.get(reverse("logbook_file", args=[ecosystem.slug, attachment.pk]))

    headers = {
        name: answer[name]
        for name in (
            "Content-Type",
            "Content-Disposition",
            "X-Content-Type-Options",
            "Content-Security-Policy",
            "Cache-Control",
        )
    }
    assert headers == {
        "Content-Type": "image/jpeg",
        "Content-Disposition": 'inline; filename="a\\"b.jpg"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8\xff")


def test_who_opens_what_with_secrets_planted_first(client, ecosystem, alice):
    bob = join(make_user("Bob"), ecosystem)
    stranger = join(make_user("Chloé"), make_ecosystem("Ailleurs"))
    mine = make_entry(alice, ecosystem, "PLANTED", level=Level.AUTHOR, file=make_photo())
    ours = make_entry(alice, ecosystem, "SHARED", file=make_photo())

    def code(name, pk):
        answer = client.get(reverse(name, args=[ecosystem.slug, pk]))
        b"".join(answer)  # a file is closed once it is read
        return answer.status_code

    table = {}
    for who, user in {"alice": alice, "bob": bob, "stranger": stranger}.items():
        client.force_login(user)
        listed = client.get(reverse("logbook_list", args=[ecosystem.slug])).content.decode()
        csv = client.get(reverse("logbook_list", args=[ecosystem.slug]) + "?format=csv").content
        table[who] = {
            "list": ("PLANTED" in listed, "SHARED" in listed),
            "csv": (b"PLANTED" in csv, b"SHARED" in csv),
            "mine": [code(n, mine.pk) for n in ("logbook_entry", "logbook_edit", "logbook_erase")],
            "ours": code("logbook_entry", ours.pk),
            "files": [code("logbook_file", entry.attachments.get().pk) for entry in (mine, ours)],
        }

    both, one, none = (True, True), (False, True), (False, False)
    assert table == {
        "alice": {"list": both, "csv": both, "mine": [200] * 3, "ours": 200, "files": [200, 200]},
        "bob": {"list": one, "csv": one, "mine": [404] * 3, "ours": 200, "files": [404, 200]},
        "stranger": {"list": none, "csv": none, "mine": [404] * 3, "ours": 404, "files": [404] * 2},
    }


def test_a_file_of_another_cooperation_is_not_found_by_its_number(client, ecosystem, alice):
    elsewhere = make_ecosystem("Ailleurs")
    foreign = make_entry(join(make_user("Bob"), elsewhere), elsewhere, file=make_photo())
    client.force_login(alice)

    answers = [
        client.get(reverse("logbook_entry", args=[ecosystem.slug, foreign.pk])),
        client.get(reverse("logbook_file", args=[ecosystem.slug, foreign.attachments.get().pk])),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_two_people_editing_one_text_see_both(client, ecosystem, alice):
    entry = make_entry(alice, ecosystem, "Au départ.")
    client.force_login(alice)
    address = reverse("logbook_edit", args=[ecosystem.slug, entry.pk])
    client.post(address, sent(alice, "La première.", version=1))

    answer = client.post(address, sent(alice, "La seconde.", version=1))

    form = answer.context["form"]
    assert (form.conflict.stored["text"], form.conflict.yours["text"]) == (
        "La première.",
        "La seconde.",
    )
    assert client.post(address, sent(alice, "Les deux.", version=2)).status_code == 302
    assert LogEntry.objects.get().text == "Les deux."


def test_erasing_asks_first(client, ecosystem, alice):
    entry = make_entry(alice, ecosystem, "PLANTED")
    client.force_login(alice)
    address = reverse("logbook_erase", args=[ecosystem.slug, entry.pk])

    client.get(address)
    assert LogEntry.objects.get().text == "PLANTED"
    client.post(address)

    page = client.get(reverse("logbook_list", args=[ecosystem.slug])).content.decode()
    assert (page.count("PLANTED"), page.count("Effacé par son auteur.")) == (0, 1)


def test_the_list_costs_the_same_at_one_and_at_thirty(client, ecosystem, alice):
    client.force_login(alice)
    address = reverse("logbook_list", args=[ecosystem.slug])
    make_entry(alice, ecosystem, file=make_photo())
    at_one = query_count(client, address)
    for number in range(29):
        make_entry(join(make_user(), ecosystem), ecosystem, f"Ligne {number}", days_ago=number)

    assert query_count(client, address) == at_one


def test_filters_narrow_and_a_wrong_one_is_ignored(client, ecosystem, alice):
    bob = join(make_user("Bob"), ecosystem)
    make_entry(alice, ecosystem, "Une rencontre.", theme="meeting")
    make_entry(bob, ecosystem, "Le cap.", milestone="aim")
    client.force_login(alice)
    address = reverse("logbook_list", args=[ecosystem.slug])

    def texts(query):
        return [entry.text for entry, _ in client.get(f"{address}?{query}").context["rows"]]

    assert texts("theme=meeting") == ["Une rencontre."]
    assert texts(f"person={bob.agent_id}") == ["Le cap."]
    assert texts("marking=on") == ["Le cap."]
    assert len(texts("theme=gossip&person=999999")) == 2


def test_html_in_an_entry_is_shown_as_text(client, ecosystem, alice):
    make_entry(alice, ecosystem, "<script>alert('PLANTED')</script>")
    client.force_login(alice)

    page = client.get(reverse("logbook_list", args=[ecosystem.slug])).content.decode()

    assert page.count("<script>alert") == 0
    assert page.count("&lt;script&gt;alert(&#x27;PLANTED&#x27;)") == 1


def test_what_one_sees_in_a_photo_is_said_by_its_author_alone(client, ecosystem, alice):
    attachment = make_entry(alice, ecosystem, file=make_photo()).attachments.get()
    address = reverse("logbook_file_describe", args=[ecosystem.slug, attachment.pk])

    for user, words in (
        (alice, "Un banc vert"),
        (join(make_user("Bob"), ecosystem), "Autre chose"),
        (alice, "a" * 201),
    ):
        client.force_login(user)
        page = reverse("logbook_entry", args=[ecosystem.slug, attachment.entry_id])
        post_as_read(client, address, {"description": words}, page=page)

    attachment.refresh_from_db()
    assert attachment.description == "Un banc vert"


def test_a_file_sent_with_an_old_version_waits_like_its_text(client, ecosystem, alice, store):
    entry = make_entry(alice, ecosystem, "Au départ.")
    client.force_login(alice)
    address = reverse("logbook_edit", args=[ecosystem.slug, entry.pk])
    client.post(address, sent(alice, "La première.", version=1))
    photo = SimpleUploadedFile("banc.jpg", photo_bytes(), "image/jpeg")

    answer = client.post(address, sent(alice, "La seconde.", version=1, file=photo))

    assert answer.context["form"].conflict is not None
    assert entry.attachments.count() == 0
    assert [path for path in store.rglob("*") if path.is_file()] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("view", ["logbook_add", "logbook_edit"])
def test_nobody_waits_to_write_while_a_file_is_cleaned(client, ecosystem, alice, monkeypatch, view):
    """Cleaning may take twenty seconds; a transaction on SQLite keeps every other writer out."""
    locked = []

    def watched(content):
        locked.append(connection.in_atomic_block)
        return clean(content)

    monkeypatch.setattr("terreau.ecosystems.actions.logbook.clean", watched)
    client.force_login(alice)
    entry = [make_entry(alice, ecosystem).pk] if view == "logbook_edit" else []
    photo = SimpleUploadedFile("banc.jpg", photo_bytes(), "image/jpeg")

    answer = client.post(
        reverse(view, args=[ecosystem.slug, *entry]), sent(alice, version=1, file=photo)
    )

    assert (answer.status_code, locked) == (302, [False])


def test_too_long_a_description_stays_in_its_field(client, ecosystem, alice):
    entry = make_entry(alice, ecosystem, file=make_photo("banc.jpg"))
    attachment = entry.attachments.get()
    client.force_login(alice)
    address = reverse("logbook_file_describe", args=[ecosystem.slug, attachment.pk])

    page = client.post(address, {"description": "Un banc. " * 30}).content.decode()

    assert ("200 signes au plus" in page, page.count("Un banc. Un banc.") > 0) == (True, True)
    attachment.refresh_from_db()
    assert attachment.description == "Un banc et un panneau"
