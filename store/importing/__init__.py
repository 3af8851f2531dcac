"""Goods out of a merchant's file and back: CSV and workbooks, in the shop's own columns or in the export format of Shopify.

file → rows (`rows`) → goods (`own`, `shopify`) → what would change (`plan`) → the shop (`apply`). All but the last two are pure.
"""
