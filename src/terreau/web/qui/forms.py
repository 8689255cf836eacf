# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms about actors, roles and invitations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse

from terreau.core import clock
from terreau.core.versions import field_version
from terreau.ecosystems.actions.presence import IDENTITY, Lines, NewActor
from terreau.ecosystems.models import ActorKind, Ecosystem, Presence
from terreau.ecosystems.queries.alike import Alike, similar_agents
from terreau.ecosystems.queries.presence import actor_kinds, people_and_organisations
from terreau.ecosystems.rules.presence import Typed
from terreau.people.enums import AgentKind, EndReason, Level, RoleKind
from terreau.people.models import Agent, LegalForm, Role, Space, User
from terreau.people.rules import rna_warning, siren_warning, siret_warning
from terreau.people.visibility import Reader
from terreau.publishing.queries import agents_named
from terreau.territories.rules import label as place_label
from terreau.web.forms import (
    DayInput,
    KeyedForm,
    RecordForm,
    VersionedForm,
    few_lines,
    version_field,
)
from terreau.web.places.forms import PlaceField

ANOTHER = "new"
INVITED_AS = (
    RoleKind.CORE_MEMBER,
    RoleKind.PARTNER,
    RoleKind.KEY_HOLDER,
    RoleKind.ANIMATOR,
    RoleKind.OFFICER,
    RoleKind.ELECTED,
    RoleKind.INHABITANT,
    RoleKind.VOLUNTEER,
    RoleKind.RESEARCHER,
    RoleKind.COACH,
    RoleKind.LANDLORD,
    RoleKind.EMPLOYER,
    RoleKind.HOST,
    RoleKind.FUNDER,
    RoleKind.MIRROR,
    RoleKind.MEMBER,
)


class FormLabel(forms.ModelChoiceField[LegalForm]):
    """A legal form with its code."""

    def label_from_instance(self, form: LegalForm) -> str:
        return f"{form.label} ({form.code})"


class IdentityForm(forms.Form):
    """What an organisation is; only its name is needed."""

    name = forms.CharField(label="Nom", max_length=160)
    legal_form = FormLabel(
        LegalForm.objects.all(), label="Forme juridique", required=False, empty_label="—"
    )
    siren = forms.CharField(label="SIREN", max_length=20, required=False, help_text="9 chiffres")
    siret = forms.CharField(label="SIRET", max_length=24, required=False, help_text="14 chiffres")
    rna = forms.CharField(label="RNA", max_length=14, required=False, help_text="W et 9 caractères")
    site = forms.URLField(label="Site", required=False, assume_scheme="https")
    territory = PlaceField(label="Commune ou territoire", required=False)
    place = forms.CharField(label="Lieu, avec vos mots", max_length=120, required=False)

    @staticmethod
    def known_of(agent: Agent) -> dict[str, Any]:
        """Return the initial values of an agent, and their version."""
        known = ("name", "siren", "siret", "rna", "site", "place")
        at = agent.territory
        return {
            **{name: getattr(agent, name) for name in known},
            "version": field_version(agent, IDENTITY),
            "legal_form": agent.legal_form_id,
            "territory": place_label(at.kind, at.code, at.name) if at else "",
        }

    def actor(self, agent_kind: AgentKind = AgentKind.ORGANISATION) -> NewActor:
        """Return what was entered. Call it on a valid form."""
        known = ("name", "legal_form", "siren", "siret", "rna", "site", "territory", "place")
        said = {name: self.cleaned_data[name] for name in known}
        return NewActor(agent_kind=agent_kind, **said)

    def warnings(self) -> list[str]:
        """Return what seems mistyped in the numbers: said, never refused."""
        said = self.cleaned_data
        found = (
            siren_warning(said["siren"]),
            siret_warning(said["siret"]),
            rna_warning(said["rna"]),
        )
        return [warning for warning in found if warning]


class LinesForm(RecordForm):
    """The four lines of an actor."""

    kind = forms.ModelChoiceField(
        ActorKind.objects.none(), label="Quelle sorte d'acteur", required=False, empty_label="—"
    )
    new_kind = forms.CharField(label="Une autre sorte", max_length=60, required=False)
    cares = few_lines("Ce qui nous tient à cœur")
    can_do = few_lines("Ce qu'on sait faire")
    limits = few_lines("Nos contraintes")
    not_ask = few_lines("Ne pas nous demander")

    def __init__(self, *args: Any, ecosystem: Ecosystem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ModelChoiceField)
        kind.queryset = actor_kinds(ecosystem)

    @staticmethod
    def lines_of(presence: Presence) -> dict[str, Any]:
        """Return the initial values of a presence."""
        lines = ("cares", "can_do", "limits", "not_ask", "level", "version")
        return {**{name: getattr(presence, name) for name in lines}, "kind": presence.kind_id}

    def lines(self, kind: ActorKind | None = None) -> Lines:
        """Return what was entered; ``kind`` replaces the one chosen. Call it on a valid form."""
        said = self.cleaned_data
        return Lines(
            cares=said["cares"],
            can_do=said["can_do"],
            limits=said["limits"],
            not_ask=said["not_ask"],
            kind=kind or said["kind"],
            level=said["level"],
        )


class CorrectForm(IdentityForm, VersionedForm):
    """What an organisation is, over what was read of it."""


def alike_of(sent: Mapping[str, object], ecosystem: Ecosystem, user: User) -> list[Alike]:
    """Return the organisations that may be the one described by what was sent so far."""
    typed = Typed.read(sent)
    named = agents_named(typed.name)
    return similar_agents(typed, reader=user, ecosystem=ecosystem, named=named)


class AddForm(LinesForm, IdentityForm):
    """A new actor, with what may be the same one shown before it is written twice."""

    agent_kind = forms.ChoiceField(
        label="C'est",
        choices=[
            (AgentKind.ORGANISATION, "une organisation"),
            (AgentKind.COLLECTIVE, "un collectif sans statut"),
            (AgentKind.PERSON, "une personne"),
        ],
        initial=AgentKind.ORGANISATION,
        widget=forms.RadioSelect,
    )
    same_as = forms.ChoiceField(
        label="Est-ce l'une de celles-ci ?", required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, ecosystem: Ecosystem, user: User, **kwargs: Any) -> None:
        super().__init__(*args, ecosystem=ecosystem, **kwargs)
        self.alike = alike_of(self.data, ecosystem, user) if self.is_bound else []
        choice = self.fields["same_as"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [
            *((str(one.agent.pk), one.told) for one in self.alike),
            (ANOTHER, "Non, c'est bien une autre"),
        ]
        for name in ("name", "siren", "siret", "rna"):
            self.fields[name].widget.attrs |= {
                "hx-get": reverse("qui_similar", args=[ecosystem.slug]),
                "hx-trigger": "input changed delay:300ms",
                "hx-target": "#proches",
                "hx-include": "[name=name], [name=siren], [name=siret], [name=rna]",
                "autocomplete": "off",
            }

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        person = said.get("agent_kind") == AgentKind.PERSON
        if self.alike and not person and not said.get("same_as") and not self.errors:
            self.add_error(
                "same_as", "Dites-nous si c'est la même, pour ne pas la noter deux fois."
            )
        return said

    def chosen(self) -> NewActor | Agent:
        """Return the known agent that was picked, or the new one."""
        pick = self.cleaned_data["same_as"]
        by_key = {str(one.agent.pk): one.agent for one in self.alike}
        return by_key.get(pick) or self.actor(AgentKind(self.cleaned_data["agent_kind"]))


class AgreementForm(VersionedForm):
    """The actor agrees to appear: when, and who said it."""

    on = forms.DateField(label="Le", initial=clock.today, widget=DayInput)
    said_by = forms.CharField(
        label="Qui l'a dit, et comment",
        max_length=160,
        help_text="Par exemple : sa directrice, à la réunion du 3 mars.",
        error_messages={"required": "Notez qui vous a donné cet accord, et comment."},
    )

    def __init__(self, *args: Any, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["said_by"].required = not own


class AwayForm(VersionedForm):
    """« En retrait jusqu'au … »"""

    until = forms.DateField(
        label="En retrait jusqu'au",
        required=False,
        widget=DayInput,
        help_text="Laissez vide pour dire que vous êtes de retour.",
    )


class SpaceField(forms.ModelChoiceField[Space]):
    """A circle of the ecosystem, or the whole of it."""

    def label_from_instance(self, space: Space) -> str:
        return space.name if space.parent_id else "Cercle élargi (toute la coopération)"


def _set_choices(field: forms.Field, rows: Any) -> None:
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


class RoleForm(forms.Form):
    """Give a role to somebody who is here."""

    agent = forms.ModelChoiceField(Agent.objects.none(), label="À qui", empty_label="Choisissez")
    kind = forms.ChoiceField(
        label="Quel rôle",
        choices=[(k.value, k.label) for k in RoleKind if k != RoleKind.PROGRAMME_OFFICER],
        initial=RoleKind.CORE_MEMBER,
    )
    space = SpaceField(Space.objects.none(), label="Dans quel cercle", empty_label="Choisissez")
    since = forms.DateField(label="Depuis le", initial=clock.today, widget=DayInput)

    def __init__(
        self,
        *args: Any,
        ecosystem: Ecosystem,
        reader: Reader,
        agent: int | None = None,
        **kwargs: Any,
    ) -> None:
        """``agent``: an actor already chosen, who comes in as a partner of the wider circle."""
        super().__init__(*args, **kwargs)
        _set_choices(self.fields["agent"], people_and_organisations(ecosystem, reader))
        _set_choices(self.fields["space"], Space.objects.filter(root_id=ecosystem.space_id))
        self.initial.setdefault("space", ecosystem.circle_id)
        if agent is not None:
            partner = {"agent": agent, "kind": RoleKind.PARTNER, "space": ecosystem.space_id}
            self.initial = {**self.initial, **partner}


class EndForm(forms.Form):
    """End a role, without having to explain."""

    reason = forms.ChoiceField(
        label="Pourquoi", choices=EndReason.choices, initial=EndReason.NOT_SAID
    )
    until = forms.DateField(label="Dernier jour", initial=clock.today, widget=DayInput)

    @staticmethod
    def said_of(role: Role) -> str:
        """Return the sentence that says which role ends."""
        return f"{role.agent}, {role.get_kind_display()}, depuis le {role.since:%d/%m/%Y}"


class CircleForm(forms.Form):
    """A new circle."""

    name = forms.CharField(
        label="Nom du cercle", max_length=160, help_text="Par exemple : groupe miroir."
    )


class InviteForm(KeyedForm):
    """A seat kept for somebody."""

    email = forms.EmailField(label="Adresse électronique", max_length=254)
    role_kind = forms.ChoiceField(
        label="Ce que cette personne fait ici",
        choices=[(kind.value, kind.label) for kind in INVITED_AS],
    )
    organisation = forms.ModelChoiceField(
        Agent.objects.none(),
        label="Pour parler au nom de",
        required=False,
        empty_label="en son nom propre",
        help_text="L'organisation doit déjà être notée dans « Qui ».",
    )
    space = SpaceField(Space.objects.none(), label="Dans quel cercle", empty_label="Choisissez")

    def __init__(self, *args: Any, ecosystem: Ecosystem, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisations = people_and_organisations(ecosystem, reader).exclude(
            kind__in=(AgentKind.PERSON, AgentKind.ECOSYSTEM)
        )
        _set_choices(self.fields["organisation"], organisations)
        _set_choices(self.fields["space"], Space.objects.filter(root_id=ecosystem.space_id))
        self.fields["space"].initial = ecosystem.circle_id


class GuestLinkForm(KeyedForm):
    """A link for people without an account."""

    label = forms.CharField(
        label="Nom du lien, pour vous y retrouver",
        max_length=120,
        help_text="Par exemple : affiche de la salle des fêtes.",
    )
    question = forms.CharField(
        label="La question que vous posez",
        max_length=200,
        required=False,
        help_text="Par exemple : quel trajet avez-vous renoncé à faire, cette année ?",
    )


class WordForm(KeyedForm):
    """A guest's word."""

    text = forms.CharField(
        label="Votre mot", max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    name = forms.CharField(
        label="Votre prénom, ou comme vous voulez",
        max_length=80,
        required=False,
        help_text="Laissez vide pour rester sans nom.",
    )


class AnswerForm(KeyedForm):
    """What we did of a guest's word."""

    version = version_field()
    answer = forms.CharField(
        label="Ce que nous en avons fait",
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    level = forms.ChoiceField(
        label="Qui peut lire ce mot et cette réponse",
        choices=[
            (Level.CIRCLE, "le cercle"),
            (Level.PUBLIC, "tout le monde, là où ce mot a été laissé"),
        ],
        widget=forms.RadioSelect,
        help_text="Relisez-le avant de le montrer : il ne doit nommer personne.",
    )
