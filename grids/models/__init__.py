"""The town's tables, one file per family."""

from grids.models.areas import Area, Grid, GridMembership, GridPlan, Town
from grids.models.corrections import PlaceCorrection
from grids.models.draws import Appeal, Draw, Offer
from grids.models.generations import Generation, GenerationState
from grids.models.placement import Applicant, Flat, PlacementProject, PlacementRules, Variant
from grids.models.places import (
    Building,
    Dwelling,
    Entrance,
    Estate,
    EstateGate,
    Facility,
    FacilityAccess,
    FacilityInventory,
    Stock,
)
from grids.models.profiles import CityProfile, PopulationTable, WalkingProfile
from grids.models.results import AreaShare, BuildingWalk, CoverageRun
from grids.models.streets import MapFeature, StreetEdge, StreetNetwork, StreetNode
from grids.models.tallies import (
    PrivacyBudget,
    PublishedCount,
    PublishedTable,
    SealedPairs,
    SealedRelease,
    SealedTally,
)
from grids.models.uploads import Upload

__all__ = [
    "Appeal",
    "Applicant",
    "Area",
    "AreaShare",
    "Building",
    "BuildingWalk",
    "CityProfile",
    "CoverageRun",
    "Draw",
    "Dwelling",
    "Entrance",
    "Estate",
    "EstateGate",
    "Facility",
    "FacilityAccess",
    "FacilityInventory",
    "Flat",
    "Generation",
    "GenerationState",
    "Grid",
    "GridMembership",
    "GridPlan",
    "MapFeature",
    "Offer",
    "PlaceCorrection",
    "PlacementProject",
    "PlacementRules",
    "PopulationTable",
    "PrivacyBudget",
    "PublishedCount",
    "PublishedTable",
    "SealedPairs",
    "SealedRelease",
    "SealedTally",
    "Stock",
    "StreetEdge",
    "StreetNetwork",
    "StreetNode",
    "Town",
    "Upload",
    "Variant",
    "WalkingProfile",
]
