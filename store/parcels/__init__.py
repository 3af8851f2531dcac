"""Parcels on their way: the carrier protocol, tracking, polling, arrival windows, one file a carrier."""
