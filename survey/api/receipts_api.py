"""What became of one's own records: asked by a tablet whose last answer was lost."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from survey.api.tablet_view import TabletView
from survey.receipts import receipts_for


class ReceiptList(TabletView):
    @extend_schema(
        parameters=[OpenApiParameter("instance_id", OpenApiTypes.STR, many=True)],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        """One receipt a record that the server holds; ids that it does not know are left out."""
        asked = request.query_params.getlist("instance_id")
        return Response({"receipts": [one.as_json() for one in receipts_for(request.user, asked)]})
