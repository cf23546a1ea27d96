"""The closed vocabularies, each word once in English (stored) and once as people read it.

`label(word)` gives (Chinese, English); tests walk every member, so no code is ever shown bare.
"""

from __future__ import annotations

from enum import StrEnum

from domain.boundaries import Action, ChangesetStatus, Layer, Severity
from domain.merging import Decision, Outcome


class Grade(StrEnum):
    """How far a fact can be trusted (DESIGN section 3)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class PlaceLayer(StrEnum):
    PREFECTURE = "prefecture"
    COUNTY = "county"
    PARK = "park"
    ZONE = "zone"


class PlaceKind(StrEnum):
    PREFECTURE = "prefecture"
    COUNTY = "county"
    DEVELOPMENT_ZONE = "development_zone"
    INDUSTRIAL_PARK = "industrial_park"
    INDUSTRY_BASE = "industry_base"
    LOGISTICS_PARK = "logistics_park"
    FUNCTIONAL_AREA = "functional_area"
    SPECIALTY_PARK = "specialty_park"
    CHEMICAL_PARK = "chemical_park"
    EXPANSION_AREA = "expansion_area"
    SUB_ZONE = "sub_zone"


class PlaceLevel(StrEnum):
    NATIONAL = "national"
    PROVINCIAL = "provincial"
    MUNICIPAL = "municipal"
    NONE = "none"


class NameKind(StrEnum):
    OFFICIAL = "official"
    SHORT = "short"
    FORMER = "former"
    ALIAS = "alias"


class AreaKind(StrEnum):
    """Who said the area: facts that differ in kind stay apart."""

    APPROVED = "approved"
    PLANNED = "planned"
    GRANTED = "granted"
    BUILT = "built"
    DEVELOPED = "developed"
    TARGET = "target"


class Comparison(StrEnum):
    EQ = "eq"
    GE = "ge"
    GT = "gt"
    LE = "le"
    LT = "lt"
    ABOUT = "about"
    RANGE_LOW = "range_low"
    RANGE_HIGH = "range_high"


class Drawn(StrEnum):
    """How a place stands on the map."""

    OUTLINE = "outline"  # by rule, not surveyed
    BOUNDARY = "boundary"  # brought in or drawn by staff
    SYMBOL = "symbol"
    UNPLACED = "unplaced"


class DesignationKind(StrEnum):
    INDUSTRY = "industry"
    CLUSTER = "cluster"
    FUNCTION = "function"
    TITLE = "title"
    LEADING_INDUSTRY = "leading_industry"


class Stage(StrEnum):
    UPSTREAM = "upstream"
    MIDSTREAM = "midstream"
    DOWNSTREAM = "downstream"
    SUPPORT = "support"


class EdgeType(StrEnum):
    """Only `input` makes demand; the others are drawn and make none."""

    INPUT = "input"
    BY_PRODUCT = "by_product"
    RECYCLING = "recycling"
    SERVICE = "service"


class CapacityKind(StrEnum):
    """Observed is never added to the others."""

    OBSERVED = "observed"
    DESIGNED = "designed"
    PLANNED = "planned"
    SIGNED = "signed"
    UNDER_CONSTRUCTION = "under_construction"
    UNCLEAR = "unclear"


class GapKind(StrEnum):
    """What a node of a chain is at a place (DESIGN section 4): the app's own definitions, of no policy document."""

    UNVERIFIED = "unverified"
    FILL = "fill"
    SECURE = "secure"
    STRENGTHEN = "strengthen"
    EXTEND = "extend"
    SOUND = "sound"


class Remedy(StrEnum):
    """What to do about a gap."""

    MATCHMAKING = "matchmaking"
    UPGRADE = "upgrade"
    RECRUIT = "recruit"


class Audience(StrEnum):
    """Who an answer is for: on public pages what one enterprise alone can make is withheld."""

    PUBLIC = "public"
    INTERNAL = "internal"


class CapacityStatus(StrEnum):
    REPORTED = "reported"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"


class SupportSystem(StrEnum):
    """The six support systems of the provincial opinions."""

    INNOVATION = "innovation"
    TALENT = "talent"
    MARKET = "market"
    LOGISTICS = "logistics"
    PLATFORM = "platform"
    FINANCE = "finance"


class ObservationKind(StrEnum):
    OBSERVED = "observed"
    ESTIMATE = "estimate"
    CAPACITY = "capacity"
    TARGET = "target"
    DERIVED = "derived"
    REPORTED = "reported"
    LIST = "list"
    APPROVED = "approved"
    UNKNOWN = "unknown"


class OfferKind(StrEnum):
    LAND_USE_TAX = "land_use_tax"
    PLANT_SUBSIDY = "plant_subsidy"
    LEASE = "lease"
    FINANCE = "finance"
    TALENT = "talent"
    LAND = "land"
    OTHER = "other"


class OfferReport(StrEnum):
    """What the sources say of an offer. Whether it counts as current is decided by confirmation records alone."""

    UNCONFIRMED = "unconfirmed"
    EXPIRED = "expired"
    REPORTED_CURRENT = "reported_current"
    NOT_FOUND = "not_found"


class RouteKind(StrEnum):
    ROAD = "road"
    RAIL = "rail"


_LABELS: dict[type[StrEnum], dict[str, tuple[str, str]]] = {
    Grade: {
        "A": ("实测或官方", "Surveyed or official"),
        "B": ("已公布并注明出处", "Published and cited"),
        "C": ("估计或推定", "Estimated or inferred"),
        "D": ("示意或待确认", "Schematic or to be confirmed"),
    },
    PlaceLayer: {
        "prefecture": ("设区市", "Prefecture"),
        "county": ("县（市、区）", "County"),
        "park": ("园区", "Park"),
        "zone": ("片区", "Zone"),
    },
    PlaceKind: {
        "prefecture": ("设区市", "Prefecture"),
        "county": ("县（市、区）", "County"),
        "development_zone": ("开发区", "Development zone"),
        "industrial_park": ("工业园区", "Industrial park"),
        "industry_base": ("产业基地", "Industry base"),
        "logistics_park": ("物流园", "Logistics park"),
        "functional_area": ("功能区", "Functional area"),
        "specialty_park": ("特色产业园", "Specialty park"),
        "chemical_park": ("化工园区", "Chemical park"),
        "expansion_area": ("拓园扩区", "Expansion area"),
        "sub_zone": ("片区", "Sub-zone"),
    },
    PlaceLevel: {
        "national": ("国家级", "National"),
        "provincial": ("省级", "Provincial"),
        "municipal": ("市级", "Municipal"),
        "none": ("未定级", "No level"),
    },
    NameKind: {
        "official": ("正式名称", "Official name"),
        "short": ("简称", "Short name"),
        "former": ("曾用名", "Former name"),
        "alias": ("别名", "Also called"),
    },
    AreaKind: {
        "approved": ("核准面积", "Approved area"),
        "planned": ("规划面积", "Planned area"),
        "granted": ("批复面积", "Area granted"),
        "built": ("建成面积", "Built-up area"),
        "developed": ("累计开发面积", "Area developed so far"),
        "target": ("目标面积", "Target area"),
    },
    Comparison: {
        "eq": ("", ""),
        "ge": ("不少于", "at least"),
        "gt": ("超过", "more than"),
        "le": ("不超过", "at most"),
        "lt": ("低于", "less than"),
        "about": ("约", "about"),
        "range_low": ("下限", "from"),
        "range_high": ("上限", "up to"),
    },
    Drawn: {
        "outline": ("示意轮廓", "Schematic outline"),
        "boundary": ("边界", "Boundary"),
        "symbol": ("示意位置", "Approximate position"),
        "unplaced": ("未定位", "Not placed"),
    },
    DesignationKind: {
        "industry": ("产业", "Industry"),
        "cluster": ("集群", "Cluster"),
        "function": ("功能", "Function"),
        "title": ("称号", "Title"),
        "leading_industry": ("首位或主导产业", "Leading industry"),
    },
    Stage: {
        "upstream": ("上游", "Upstream"),
        "midstream": ("中游", "Midstream"),
        "downstream": ("下游", "Downstream"),
        "support": ("配套", "Support"),
    },
    EdgeType: {
        "input": ("投入", "Input"),
        "by_product": ("副产品", "By-product"),
        "recycling": ("回收", "Recycling"),
        "service": ("服务", "Service"),
    },
    CapacityKind: {
        "observed": ("已形成", "In operation"),
        "designed": ("设计", "Designed"),
        "planned": ("计划", "Planned"),
        "signed": ("签约", "Signed"),
        "under_construction": ("在建", "Under construction"),
        "unclear": ("未说明", "Not stated"),
    },
    CapacityStatus: {
        "reported": ("已报道", "Reported"),
        "estimated": ("估计", "Estimated"),
        "unknown": ("未知", "Unknown"),
    },
    GapKind: {
        "unverified": ("待核实", "To be verified"),
        "fill": ("补链", "Fill"),
        "secure": ("强链", "Secure"),
        "strengthen": ("壮链", "Strengthen"),
        "extend": ("延链", "Extend"),
        "sound": ("稳", "Sound"),
    },
    Remedy: {
        "matchmaking": ("对接", "Matchmaking"),
        "upgrade": ("技改扩能", "Upgrade and expand"),
        "recruit": ("招商", "Recruit"),
    },
    Audience: {
        "public": ("公开", "Public"),
        "internal": ("内部", "Internal"),
    },
    SupportSystem: {
        "innovation": ("创新能力", "Innovation"),
        "talent": ("人才队伍", "Talent"),
        "market": ("市场体系", "Markets"),
        "logistics": ("物流体系", "Logistics"),
        "platform": ("基础设施和公共平台", "Infrastructure and public platforms"),
        "finance": ("金融服务", "Finance"),
    },
    ObservationKind: {
        "observed": ("实际", "Observed"),
        "estimate": ("预计", "Expected"),
        "capacity": ("能力", "Capacity"),
        "target": ("目标", "Target"),
        "derived": ("推算", "Derived"),
        "reported": ("报道", "Reported"),
        "list": ("名单", "List"),
        "approved": ("批准", "Approved"),
        "unknown": ("未找到", "Not found"),
    },
    OfferKind: {
        "land_use_tax": ("城镇土地使用税", "Land-use tax"),
        "plant_subsidy": ("标准厂房奖补", "Plant subsidy"),
        "lease": ("用地租让", "Land lease"),
        "finance": ("融资", "Finance"),
        "talent": ("人才", "Talent"),
        "land": ("用地保障", "Land"),
        "other": ("其他", "Other"),
    },
    OfferReport: {
        "unconfirmed": ("待确认", "Unconfirmed"),
        "expired": ("已到期", "Expired"),
        "reported_current": ("报道称现行", "Reported as current"),
        "not_found": ("未找到", "Not found"),
    },
    RouteKind: {"road": ("公路", "Road"), "rail": ("铁路", "Railway")},
    Layer: {
        "parks": ("园区", "Parks"),
        "zones": ("片区", "Zones"),
        "plots": ("地块", "Plots"),
        "belt_sections": ("产业带区段", "Belt sections"),
    },
    Severity: {
        "reject": ("必须改", "Must be mended"),
        "ask": ("请回答", "Please answer"),
        "repair": ("可修复", "Can be repaired"),
        "warning": ("请留意", "Please note"),
    },
    ChangesetStatus: {
        "draft": ("草稿", "Draft"),
        "checked": ("已核对", "Checked"),
        "published": ("已发布", "Published"),
        "withdrawn": ("已撤回", "Withdrawn"),
    },
    Action: {
        "add": ("新增", "Added"),
        "change": ("更改", "Changed"),
        "remove": ("取消", "Removed"),
    },
    Outcome: {
        "unchanged": ("没有改动", "Not changed"),
        "mine": ("只有您改了", "Changed by you only"),
        "theirs": ("只有别人改了，保持已发布的", "Changed by others only: what is published stays"),
        "same": ("两边改得一样", "Changed to the same by both"),
        "both_changed": ("两边都改了，改得不同", "Changed by both, and not to the same"),
        "both_added": ("两边用同一编码各画了一条", "Added by both under the same code"),
        "changed_and_removed": ("您改了，别人取消了", "Changed by you, removed by others"),
        "removed_and_changed": ("您删了，别人改了", "Removed by you, changed by others"),
    },
    Decision: {
        "keep_published": ("保留已发布的", "Keep what is published"),
        "take_mine": ("采用我的", "Take mine"),
        "my_outline_their_name": ("用我的边界、已发布的名称", "My outline, the published name"),
        "their_outline_my_name": ("用已发布的边界、我的名称", "The published outline, my name"),
    },
}


def label(word: StrEnum) -> tuple[str, str]:
    """The Chinese and the English label of a word.

    >>> label(Grade.D)[0]
    '示意或待确认'
    """
    return _LABELS[type(word)][word.value]


def vocabulary(kind: type[StrEnum]) -> dict[str, tuple[str, str]]:
    """All words of one kind with their labels, in their order."""
    return {word.value: label(word) for word in kind}


def vocabularies() -> tuple[type[StrEnum], ...]:
    """Every closed vocabulary that has labels."""
    return tuple(_LABELS)
