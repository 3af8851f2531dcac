"""Accounts at carriers, and at aggregators of carriers. `.env.example` documents each field; without an account nobody is asked."""

from pydantic_settings import BaseSettings


class ParcelSettings(BaseSettings):
    """One line a carrier: `name: Accounts[ItsAccount] = {}`."""
