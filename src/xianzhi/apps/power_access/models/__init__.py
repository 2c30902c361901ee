"""Records of 获得电力, by noun; what the kernel does not have."""

from xianzhi.apps.power_access.models.land import PlanningLand, ReserveCover
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

__all__ = [
    "AccessProject",
    "CostDetail",
    "CostLine",
    "DispatchOrder",
    "JointDetermination",
    "LandProof",
    "LoadRequest",
    "PlanningLand",
    "Procurement",
    "ProofKind",
    "ReserveCover",
    "Stage",
    "SupplyScheme",
]
