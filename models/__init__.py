"""Tables, one module a noun. Importing this package registers them all."""

from models.account import Account, AccountPark, LoginAttempt, LoginSession
from models.base import Base
from models.belt import BeltLine, BeltSection, BeltSectionPlace, BeltStop, NetworkEdge
from models.boundary import BoundaryVersion, PlacePosition
from models.chain import Chain, ChainClause, ChainEdge, ChainNode, ChainSameAs, IndustryClass
from models.changeset import Changeset, ChangesetEdit, ColumnMapping, UploadJob
from models.designation import CatalogueItem, Cluster, Designation, Industry, ProvincialListItem
from models.edit_package import EditPackage, MergeConflict
from models.enterprise import Capacity, Enterprise, EnterpriseNode, ReferencePrice
from models.facility import Facility
from models.land import Plant, Plot
from models.offer import Offer, OfferConfirmation, OfferTier
from models.place import Place, PlaceArea, PlaceCode, PlaceEvent, PlaceLevelFact, PlaceName
from models.policy import Clause, PolicyDocument
from models.project import Enquiry, Lead, Project
from models.record import AuditEntry, CapacityChange, DatasetState
from models.source import Source
from models.survey import Survey
from models.target import Observation, Target
from models.travel import TravelMinutes

__all__ = [
    "Account", "AccountPark", "AuditEntry", "Base", "BeltLine", "BeltSection", "BeltSectionPlace", "BeltStop",
    "BoundaryVersion", "Capacity", "CapacityChange", "CatalogueItem", "Chain", "ChainClause", "ChainEdge",
    "ChainNode", "ChainSameAs", "Changeset", "ChangesetEdit", "Clause", "Cluster", "ColumnMapping",
    "DatasetState", "Designation", "EditPackage", "Enquiry", "Enterprise", "EnterpriseNode", "Facility",
    "Industry", "IndustryClass", "Lead", "LoginAttempt", "LoginSession", "MergeConflict", "NetworkEdge",
    "Observation", "Offer", "OfferConfirmation", "OfferTier", "Place", "PlaceArea", "PlaceCode", "PlaceEvent",
    "PlaceLevelFact", "PlaceName", "PlacePosition", "Plant", "Plot", "PolicyDocument", "Project",
    "ProvincialListItem", "ReferencePrice", "Source", "Survey", "Target", "TravelMinutes", "UploadJob",
]  # fmt: skip
