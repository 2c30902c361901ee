"""Records of 获得电力, by noun; what the kernel does not have."""

from xianzhi.apps.power_access.models.assets import Asset, HandoverAgreement, SafetyDuty
from xianzhi.apps.power_access.models.charges import UserCharge
from xianzhi.apps.power_access.models.land import PlanningLand, ReserveCover
from xianzhi.apps.power_access.models.plan import AnnualPlan, LineKind, PlanLine
from xianzhi.apps.power_access.models.projects import (
    AccessProject,
    CostDetail,
    CostLine,
    DispatchOrder,
    JointDetermination,
    LandProof,
    LoadRequest,
    Procurement,
    ProofKind,
    Stage,
    SupplyScheme,
)
from xianzhi.apps.power_access.models.township import CropRow

__all__ = [
    "AccessProject",
    "AnnualPlan",
    "Asset",
    "CostDetail",
    "CostLine",
    "CropRow",
    "DispatchOrder",
    "HandoverAgreement",
    "JointDetermination",
    "LandProof",
    "LineKind",
    "LoadRequest",
    "PlanLine",
    "PlanningLand",
    "Procurement",
    "ProofKind",
    "ReserveCover",
    "SafetyDuty",
    "Stage",
    "SupplyScheme",
    "UserCharge",
]
