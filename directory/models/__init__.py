from directory.models.country import Country
from directory.models.entity import Entity, EntityKind
from directory.models.organisation import Organisation, OrganisationKind
from directory.models.user import Membership, Role, User

__all__ = [
    "Country",
    "Entity",
    "EntityKind",
    "Membership",
    "Organisation",
    "OrganisationKind",
    "Role",
    "User",
]
