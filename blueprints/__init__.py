"""HTTP only: read the request, call one service, answer."""
