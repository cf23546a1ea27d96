"""Designation against reality in one sentence to read aloud; nothing on record is not nothing there."""

from __future__ import annotations

from domain.designations import Finding
from services.gaps.schemas import FindingOut, FindingPlaceOut

_MOST_PLACES = 6


def sentence_zh(told: FindingOut) -> str:
    first = told.places[0]
    if told.finding is Finding.SHARED:
        named = "、".join(place.place_zh for place in told.places[:_MOST_PLACES])
        more = f"等 {len(told.places)} 个园区" if len(told.places) > _MOST_PLACES else ""
        return f"{named}{more}都被指定发展{told.chain_zh}，可能同质竞争，也可能是分工，条文没有说明。"
    if told.finding is Finding.UNDESIGNATED:
        return f"{first.place_zh}有 {first.firms} 家{told.chain_zh}企业，没有条款指定此地发展这条链。"
    if told.finding is Finding.MATCHED:
        return f"{first.place_zh}被指定发展{told.chain_zh}，已知 {first.firms} 家企业。"
    begin = f"{first.place_zh}被指定发展{told.chain_zh}"
    if first.surveyed_on:
        return f"{begin}，{first.surveyed_on} 摸底未见已建成的企业{_else_zh(first)}。"
    return f"{begin}，未收录到已建成的企业{_else_zh(first)}；此地尚未摸底，有无企业未知。"


def _else_zh(place: FindingPlaceOut) -> str:
    projects = f"，另有 {place.projects} 个项目未证实建成" if place.projects else ""
    county = f"，{place.county_zh}有 {place.firms_in_county} 家企业不知在哪个园区" if place.firms_in_county else ""
    return projects + county


def sentence_en(told: FindingOut) -> str:
    first = told.places[0]
    firms = f"{first.firms} firm{'' if first.firms == 1 else 's'}"
    if told.finding is Finding.SHARED:
        named = ", ".join(place.place_en for place in told.places[:_MOST_PLACES])
        more = f" and others, {len(told.places)} parks," if len(told.places) > _MOST_PLACES else ""
        return f"{named}{more} are all designated for {told.chain_en}: rivals or partners, the clauses do not say."
    if told.finding is Finding.UNDESIGNATED:
        return f"{firms} of {told.chain_en} at {first.place_en}; no clause designates the chain there."
    if told.finding is Finding.MATCHED:
        return f"{first.place_en} is designated for {told.chain_en}; {firms} known."
    begin = f"{first.place_en} is designated for {told.chain_en}"
    if first.surveyed_on:
        return f"{begin}; the survey of {first.surveyed_on} found no firm in operation{_else_en(first)}."
    return f"{begin}; no firm in operation is on record{_else_en(first)}. Nobody has surveyed it, so this is unknown."


def _else_en(place: FindingPlaceOut) -> str:
    told = []
    if place.projects:
        told.append(f"{place.projects} project{'' if place.projects == 1 else 's'} not known to be built")
    if place.firms_in_county:
        firms = f"{place.firms_in_county} firm{'' if place.firms_in_county == 1 else 's'}"
        told.append(f"{firms} in {place.county_en}, in which park is unknown")
    return f" ({'; '.join(told)})" if told else ""
