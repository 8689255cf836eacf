# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rules about processes, which take in hand and give back, and about containers."""

from terreau.core.units import say
from terreau.ledger.engine.carrying import came_last, goes_elsewhere, inside
from terreau.ledger.engine.cases import Case, Rule, is_all_of
from terreau.ledger.engine.effects import composed
from terreau.ledger.engine.marks import amount_in, out_key
from terreau.ledger.engine.state import Resource
from terreau.ledger.engine.stock_rules import begun, told

_TAKES_IN = ("input", "output_input")
_GIVES_OUT = ("output", "output_input")


def process_suits_the_action(case: Case) -> str | None:
    """What goes into a process goes in, what comes out comes out; pairs happen within one."""
    event, row = case.event, case.row
    if event.input_of is not None and row.direction not in _TAKES_IN:
        return f"« {row.says} » n'entre pas dans une activité : retirez l'activité indiquée."
    if event.output_of is not None and row.direction not in _GIVES_OUT:
        return f"« {row.says} » ne sort pas d'une activité : retirez l'activité indiquée."
    named = event.input_of if row.direction == "input" else event.output_of
    if row.pair and named is None:
        return f"Dites dans quelle activité on {row.says}."
    return None


def pair_gives_back_what_it_took(case: Case) -> str | None:
    """A process gives back, by the pair of the action that took it, what it has in hand."""
    key = out_key(case.event, case.row)
    if key is None:
        return None
    gives_back = (case.row.direction == "output") == (case.event.corrects is None)
    if not gives_back:
        return None
    out, resource = case.before.outs.get(key), case.before.resources[key[1]]
    taker = case.row.pair if case.row.direction == "output" else case.row.name
    if out is None or out.action != taker:
        return (
            f"Cette activité n'a pas pris en main {resource.called} : notez d'abord qu'elle le "
            "reçoit."
        )
    if abs(amount_in(resource, case.event)) > out.quantity:
        held = say(out.quantity, resource.unit)
        return f"Cette activité n'a en main que {held} pour {resource.called} : notez au plus cela."
    return None


def one_process_takes_it_in_one_way(case: Case) -> str | None:
    """Picked up is set down, accepted is modified: one process does not mix the two."""
    key = out_key(case.event, case.row)
    if key is None or case.row.direction != "input" or case.event.corrects is not None:
        return None
    out = case.before.outs.get(key)
    if out is not None and out.quantity and out.action != case.row.name:
        return (
            f"Cette activité a déjà en main, d'une autre manière, {told(case, key[1])} : notez "
            "d'abord qu'elle le rend."
        )
    return None


def container_is_named(case: Case) -> str | None:
    """What is put away says into what; it goes neither into itself nor into what it holds."""
    event = case.event
    if case.row.name != "combine":
        return None
    if event.resource is None or event.to_resource is None:
        if event.resource is None:
            return f"Dites quel stock de « {event.specification} » est rangé, et dans quoi."
        return f"Dites dans quoi est rangé {told(case, event.resource)}."
    around: int | None = event.to_resource
    while around is not None:
        if around == event.resource:
            return (
                f"{begun(case.before.resources[around])} ne peut pas se contenir lui-même : "
                "choisissez un autre contenant."
            )
        outer = case.before.resources.get(around)
        around = outer.container if outer is not None else None
    return None


def what_goes_in_goes_whole(case: Case) -> str | None:
    resource = _acted_on(case)
    if case.row.name != "combine" or resource is None:
        return None
    if resource.on_hand != resource.accounting or not is_all_of(resource, case.event):
        return (
            f"{begun(resource)} compte {say(resource.accounting, resource.unit)} : pour n'en "
            "ranger qu'une partie, mettez-la d'abord dans un stock à part."
        )
    return None


def what_comes_out_was_inside(case: Case) -> str | None:
    if case.row.name != "separate" or case.event.corrects is not None:
        return None
    resource = _acted_on(case)
    if resource is None:
        return f"Dites quel stock de « {case.event.specification} » sort de son contenant."
    if resource.container is None:
        return (
            f"{begun(resource)} n'est rangé dans rien : il n'y a rien à en sortir. Notez d'abord "
            "dans quoi il se trouve."
        )
    if case.event.to_resource != resource.container:
        where = told(case, resource.container)
        return (
            f"{begun(resource)} est rangé dans {where} : indiquez que c'est de là qu'il sort, pour "
            "qu'on puisse l'y remettre en cas d'erreur."
        )
    if not is_all_of(resource, case.event):
        whole = say(resource.accounting, resource.unit)
        return f"{begun(resource)} sort en entier : notez {whole}."
    return None


def containment_is_still_as_it_was_left(case: Case) -> str | None:
    """What was put away is taken back while it is inside, what was taken out while it is out."""
    event = case.event
    if not case.row.contained or event.corrects is None or event.resource is None:
        return None
    resource = case.before.resources[event.resource]
    if case.row.name == "combine" and resource.container == event.to_resource:
        return None
    is_out = resource.container is None and resource.on_hand == resource.accounting
    if case.row.name == "separate" and is_out and event.to_resource is not None:
        return None
    return (
        f"{begun(resource)} n'est plus où cela l'avait laissé : notez plutôt où il est maintenant."
    )


def contents_are_those_that_came(case: Case) -> str | None:
    """A hand-over is taken back while the container holds what came with it, and no more.

    What came with it last says who held it: it goes back to each.
    """
    event, row = case.event, case.row
    if event.corrects is None or row.contained or event.rights or event.resource is None:
        return None
    elsewhere = event.to_resource not in (None, event.resource)
    flows = [flow for flow, _ in composed(event, row) if goes_elsewhere(flow)]
    if not flows or not (elsewhere or event.provider != event.receiver):
        return None
    follows = elsewhere and any(flow.on_hand == "out_in" for flow in flows)
    holder = case.before.resources[(follows and event.to_resource) or event.resource]
    if all(came_last(one, holder) for one in inside(case.before.resources, holder.id)):
        return None
    return (
        f"Depuis, il est arrivé autre chose à {holder.called}, et on ne sait plus qui tenait ce "
        "qu'il contient : notez plutôt son retour, ou sortez d'abord ce qui est dedans."
    )


_MAY_TOUCH_INSIDE = frozenset({"separate", "use", "cite", "work", "deliverService"})


def what_is_inside_is_left_alone(case: Case) -> str | None:
    """What a container holds moves with it; taken out first, it moves alone."""
    if case.row.name in _MAY_TOUCH_INSIDE or case.event.corrects is not None:
        return None
    named = (case.event.resource, None if case.row.contained else case.event.to_resource)
    for key in named:
        if key is not None and case.before.resources[key].container is not None:
            one = begun(case.before.resources[key])
            # Not into which: who has this stock may not be one of those who read the other.
            return f"{one} est rangé dans un autre stock : sortez-le d'abord."
    return None


_EMPTIED_FIRST = frozenset({"lower", "consume"})
_LEAVES_ALONE = frozenset(
    "separate use cite work deliverService raise produce copy combine".split()
)


def container_goes_whole(case: Case) -> str | None:
    """A container goes in one piece with what it holds, and is emptied before it is used up."""
    resource = _acted_on(case)
    if resource is None or case.row.name in _LEAVES_ALONE or case.event.rights:
        return None
    if all(one.container != resource.id for one in case.before.resources.values()):
        return None
    if case.row.name in _EMPTIED_FIRST:
        return f"Il reste des choses dans {resource.called} : sortez-les d'abord."
    if not is_all_of(resource, case.event):
        whole = say(resource.accounting, resource.unit)
        return f"{begun(resource)} part en entier ({whole}), avec ce qu'il contient."
    return None


def _acted_on(case: Case) -> Resource | None:
    if case.event.resource is None or case.event.corrects is not None:
        return None
    return case.before.resources[case.event.resource]


HOLDING_RULES: tuple[Rule, ...] = (
    process_suits_the_action,
    container_is_named,
    what_goes_in_goes_whole,
    what_comes_out_was_inside,
    containment_is_still_as_it_was_left,
    contents_are_those_that_came,
    what_is_inside_is_left_alone,
    container_goes_whole,
    one_process_takes_it_in_one_way,
    pair_gives_back_what_it_took,
)
