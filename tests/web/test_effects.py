# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Ce que ça change » on screen: three fields, what nobody said apart, answers first."""

import io
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from terreau.ecosystems.actions import effects as actions
from terreau.ecosystems.actions.effects import FirstWords, Rest
from terreau.ecosystems.enums import EffectLinkKind, EffectNature, Evidence
from terreau.ecosystems.models import Beneficiary, Effect, EffectLink
from terreau.people.enums import Level
from terreau.people.models import User
from tests.ecosystems.solutions import filing, make_maillon
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent
from tests.web.reading import post_as_read

HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script>"


@pytest.fixture
def ecosystem(db):
    return make_ecosystem()


@pytest.fixture
def alice(ecosystem):
    return join(make_user("Alice"), ecosystem)


@pytest.fixture
def taxi(ecosystem):
    return represent(make_user("Le chauffeur"), make_organisation("Taxi du Val"), ecosystem)


@pytest.fixture
def here(client, ecosystem, alice):
    """The address of the page, for a reader who is signed in."""
    client.force_login(alice)
    return reverse("effects_page", args=[ecosystem.slug])


def first(**fields: object) -> dict[str, object]:
    wanted = {
        "key": uuid4(),
        "level": Level.CIRCLE,
        "statement": "On ose demander un trajet.",
        "for_whom": "Les personnes âgées",
        "said_by": "deux habitantes",
    }
    return {**wanted, **fields}


def whole(effect: Effect, **fields: object) -> dict[str, object]:
    wanted = {
        "version": effect.version,
        "statement": effect.statement,
        "for_whom": effect.beneficiary.label,
        "said_by": effect.said_by,
        "nature": EffectNature.USEFUL,
        "evidence": Evidence.INTUITION,
    }
    return first(**{**wanted, **fields})


def make_effect(by: User, ecosystem, statement="Un changement.", level=Level.CIRCLE, **rest):
    words = FirstWords(statement, rest.pop("for_whom", "Les patients"), rest.pop("said_by", "eux"))
    return actions.add_effect(
        by=by, ecosystem=ecosystem, filing=filing(level), words=words, rest=Rest(**rest)
    )


def test_an_empty_page_gives_an_example_and_an_action(client, here):
    page = client.get(here).content.decode()

    assert "Rien n'est encore écrit ici" in page
    assert "deux habitantes" in page


def test_three_fields_are_enough_and_lead_to_the_rest(client, here, ecosystem):
    sent = first()

    answers = [client.post(reverse("effects_add", args=[ecosystem.slug]), sent) for _ in range(2)]

    effect = Effect.objects.get()
    second_step = reverse("effects_edit", args=[ecosystem.slug, effect.pk])
    assert [answer["Location"] for answer in answers] == [second_step] * 2
    assert "Tout est facultatif" in client.get(second_step).content.decode()
    assert (effect.said_by, effect.beneficiary.label) == ("deux habitantes", "Les personnes âgées")


def test_the_rest_is_kept_with_its_maillons(client, here, ecosystem, alice):
    effect = make_effect(alice, ecosystem)
    maillon = make_maillon(alice, ecosystem)
    sent = whole(
        effect,
        nature=EffectNature.REDUCED_HARM,
        evidence=Evidence.COUNT,
        evidence_words="Comptage du secrétariat.",
        share_due="partial",
        timing="later",
        since="2025-03-01",
        maillons=[maillon.pk],
    )

    answer = client.post(reverse("effects_edit", args=[ecosystem.slug, effect.pk]), sent)

    effect.refresh_from_db()
    assert answer.status_code == 302
    assert (effect.nature, effect.evidence, effect.share_due, effect.timing) == (
        EffectNature.REDUCED_HARM,
        Evidence.COUNT,
        "partial",
        "later",
    )
    assert list(effect.maillons.all()) == [maillon]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"statement": ""}, "Remplissez cette case."),
        ({"statement": "x" * 5000}, "300 signes au plus"),
        ({"for_whom": "x" * 5000}, "120 signes au plus"),
        ({"level": "lune"}, "Prenez-en un dans la liste"),
        ({"key": "pas une clé"}, "envoyez de nouveau"),
    ],
)
def test_bad_input_is_said_in_french_and_nothing_is_kept(client, here, ecosystem, fields, sentence):
    page = client.post(reverse("effects_add", args=[ecosystem.slug]), first(**fields))

    assert sentence in page.content.decode()
    assert (Effect.objects.count(), Beneficiary.objects.count()) == (0, 0)


def test_the_page_tells_apart_what_is_said_supposed_and_silent(client, here, ecosystem, alice):
    make_effect(alice, ecosystem, "Dit par quelqu'un.")
    make_effect(alice, ecosystem, "Moins de CO2.", for_whom="L'air", said_by="")
    actions.add_beneficiary(by=alice, ecosystem=ecosystem, filing=filing(), label="Les internes")

    page = client.get(here).content.decode()

    places = [
        page.index(words)
        for words in ("Dit par quelqu", "À vérifier auprès", "Moins de CO2", "Personne n'a parlé")
    ]
    assert places == sorted(places)
    assert "Les internes" in page[places[-1] :]


def test_a_long_page_is_cut_by_beneficiary(client, here, ecosystem, alice):
    for number in range(14):
        make_effect(alice, ecosystem, f"Changement {number:02}.", for_whom=f"Groupe {number:02}")

    first, second = (client.get(here, {"page": number}).content.decode() for number in (1, 2))

    shown = [
        [number for number in range(14) if f"Changement {number:02}." in page]
        for page in (first, second)
    ]
    assert shown == [list(range(12)), [12, 13]]


def test_publishing_an_unheard_harm_is_refused_on_the_form(client, here, ecosystem, alice, taxi):
    effect = make_effect(alice, ecosystem, "Le Taxi du Val a perdu deux courses.")
    sent = whole(effect, nature=EffectNature.DESTROYED, level=Level.PUBLIC)

    page = client.post(reverse("effects_edit", args=[ecosystem.slug, effect.pk]), sent)

    effect.refresh_from_db()
    assert "il attend sa réponse" in page.content.decode()
    assert (effect.level, effect.nature) == (Level.CIRCLE, EffectNature.USEFUL)


def test_who_is_named_answers_even_when_they_read_nothing_else(client, ecosystem, alice, taxi):
    effect = make_effect(
        alice, ecosystem, "Le Taxi du Val a perdu.", Level.AUTHOR, nature=EffectNature.DESTROYED
    )
    link = EffectLink.objects.get()
    address = reverse("effects_answer", args=[ecosystem.slug, link.pk])
    client.force_login(User.objects.get(agent__name="Le chauffeur"))

    shown = client.get(address)
    closed = client.get(reverse("effects_effect", args=[ecosystem.slug, effect.pk]))
    post_as_read(client, address, {"words": "Je prends les samedis soir."})

    link.refresh_from_db()
    assert (shown.status_code, closed.status_code) == (200, 404)
    assert "a perdu" in shown.content.decode()
    assert link.answer == "Je prends les samedis soir."


def test_who_is_named_is_told_where_they_look_first(client, ecosystem, alice, taxi):
    make_effect(alice, ecosystem, "Le Taxi du Val a perdu.", nature=EffectNature.DESTROYED)
    address = reverse("effects_answer", args=[ecosystem.slug, EffectLink.objects.get().pk])
    pages = [reverse(page, args=[ecosystem.slug]) for page in ("week_page", "effects_page")]

    client.force_login(User.objects.get(agent__name="Le chauffeur"))
    told = [address in client.get(page).content.decode() for page in pages]
    post_as_read(client, address, {"words": "Je prends les samedis soir."})
    after = [address in client.get(page).content.decode() for page in pages]
    client.force_login(alice)
    others = [address in client.get(page).content.decode() for page in pages]

    assert (told, after, others) == ([True, True], [False, False], [False, False])


def test_who_edited_and_what_stood_before_are_shown_with_the_answer_of_then(
    client, here, ecosystem, alice, taxi
):
    effect = make_effect(alice, ecosystem, "Le Taxi du Val a perdu.", nature=EffectNature.DESTROYED)
    address = reverse("effects_edit", args=[ecosystem.slug, effect.pk])
    voice = User.objects.get(agent__name="Le chauffeur")
    actions.answer(by=voice, link=EffectLink.objects.get(), words="J'ai perdu deux soirs.")
    warned = client.get(address).content.decode()

    sent = whole(effect, statement="Le Taxi du Val triche.", nature=EffectNature.DESTROYED)
    shown = client.post(address, sent, follow=True).content.decode()

    assert "Taxi du Val&nbsp;: si vous changez ce qui est dit" in warned
    assert "Une réponse est attendue" in shown
    for words in ("Modifié par Alice", "Le Taxi du Val a perdu.", "J&#x27;ai perdu deux soirs."):
        assert words in shown


def test_nobody_else_answers_in_their_place(client, here, ecosystem, alice, taxi):
    make_effect(alice, ecosystem, "Le Taxi du Val a perdu.", nature=EffectNature.DESTROYED)
    link = EffectLink.objects.get()

    page = post_as_read(
        client,
        reverse("effects_answer", args=[ecosystem.slug, link.pk]),
        {"words": "Il est content."},
    )

    link.refresh_from_db()
    assert "revient à Taxi du Val" in page.content.decode()
    assert link.answer == ""


def test_ties_are_added_and_undone(client, here, ecosystem, alice, taxi):
    effect = make_effect(alice, ecosystem)
    sent = {"agent": taxi.pk, "kind": EffectLinkKind.BENEFITS_UNASKED}

    client.post(reverse("effects_link", args=[ecosystem.slug, effect.pk]), sent)
    page = client.get(here).content.decode()
    client.post(reverse("effects_unlink", args=[ecosystem.slug, EffectLink.objects.get().pk]))

    assert "rien ne lui a été demandé" in page
    assert not EffectLink.objects.exists()


def test_two_people_editing_see_both_texts(client, here, ecosystem, alice):
    effect = make_effect(alice, ecosystem)
    address = reverse("effects_edit", args=[ecosystem.slug, effect.pk])
    client.post(address, whole(effect, statement="La première version."))

    second = whole(effect, statement="La seconde version.", for_whom="Les voisins")
    page = client.post(address, second).content.decode()

    assert "La première version." in page
    assert "La seconde version." in page
    assert "<blockquote><p>Les voisins</p></blockquote>" in page
    assert "beneficiary" not in page
    assert Effect.objects.get().statement == "La première version."


def test_every_way_out_holds_hostile_words_as_text(client, here, ecosystem, alice):
    make_effect(alice, ecosystem, HOSTILE, for_whom=HOSTILE, said_by=HOSTILE)

    page = client.get(here).content.decode()
    book = load_workbook(io.BytesIO(client.get(here, {"format": "xlsx"}).content))
    csv = client.get(here, {"format": "csv"}).content.decode()
    pdf = client.get(reverse("effects_pdf", args=[ecosystem.slug])).content
    docx = client.get(reverse("effects_text", args=[ecosystem.slug])).content

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "<script>alert" not in page
    assert (book.active["A2"].data_type, book.active["A2"].value) == ("s", HOSTILE)
    assert f"'{HOSTILE}" in csv
    assert "<script>" in text
    assert docx.startswith(b"PK")


def test_what_one_may_not_read_is_nowhere(client, here, ecosystem):
    bob = join(make_user("Bob"), ecosystem)
    secret = make_effect(bob, ecosystem, "Secret de Bob.", Level.AUTHOR, for_whom="Caché")
    group = secret.beneficiary_id
    ways = [here, f"{here}?format=csv", reverse("effects_add", args=[ecosystem.slug])]

    assert [way for way in ways if b"Secret de Bob" in client.get(way).content] == []
    assert [way for way in ways if "Caché" in client.get(way).content.decode()] == []
    codes = [
        client.get(reverse("effects_effect", args=[ecosystem.slug, secret.pk])).status_code,
        client.get(reverse("effects_edit", args=[ecosystem.slug, secret.pk])).status_code,
        client.get(reverse("effects_beneficiary", args=[ecosystem.slug, group])).status_code,
        client.post(reverse("effects_remove", args=[ecosystem.slug, secret.pk])).status_code,
        client.post(reverse("effects_link", args=[ecosystem.slug, secret.pk])).status_code,
    ]
    assert codes == [404] * 5


def test_an_effect_of_another_ecosystem_is_not_found_here(client, here, ecosystem, alice):
    elsewhere = make_ecosystem("Ailleurs")
    foreign = make_effect(join(alice, elsewhere), elsewhere)

    answer = client.get(reverse("effects_effect", args=[ecosystem.slug, foreign.pk]))

    assert answer.status_code == 404


def test_the_page_takes_the_same_queries_for_any_number_of_effects(
    client, here, ecosystem, alice, taxi
):
    def add(count: int) -> None:
        for number in range(count):
            effect = make_effect(alice, ecosystem, f"Changement {number}", for_whom=f"P {number}")
            kind = EffectLinkKind.CONTRIBUTES
            actions.link_agent(by=alice, effect=effect, agent=taxi, kind=kind)

    add(1)
    with CaptureQueriesContext(connection) as at_one:
        client.get(here)
    add(29)
    with CaptureQueriesContext(connection) as at_thirty:
        client.get(here)

    assert len(at_thirty) == len(at_one) < 25
