"""Who calls, and what they may do."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.base import PrivateAnswers
from api.etags import tagged
from api.filtering import check_parameters
from directory import policy
from directory.models import Role, User


class MembershipSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(Role.choices)
    organisation = serializers.IntegerField()
    name = serializers.CharField()
    country = serializers.CharField(allow_null=True)


class MeSerializer(serializers.Serializer[Any]):
    """You."""

    url = serializers.URLField()
    login = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    language = serializers.CharField()
    memberships = MembershipSerializer(many=True)
    permissions = serializers.ListField(
        child=serializers.ChoiceField([(one.value, one.value) for one in policy.Permission])
    )
    scopes = serializers.ListField(
        child=serializers.CharField(),
        allow_null=True,
        help_text="What the token is narrowed to; null for all your rights.",
    )


class Me(PrivateAnswers, APIView):
    """Who calls."""

    permission_classes = [permissions.IsAuthenticated]

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Who you are and what you may do"""
        check_parameters(request, set())
        user: User = request.user
        scopes: frozenset[str] | None = getattr(user, "token_scopes", None)
        data = {
            "url": request.build_absolute_uri(request.path),
            "login": user.username,
            "name": user.display_name,
            "language": user.language,
            "memberships": [
                {
                    "role": held.role,
                    "organisation": held.organisation_id,
                    "name": held.organisation.name,
                    "country": held.organisation.country.iso if held.organisation.country else None,
                }
                for held in user.held_memberships
            ],
            "permissions": sorted(policy.permissions_of(user)),
            "scopes": None if scopes is None else sorted(scopes),
        }
        return tagged(request, user, Response(data))
