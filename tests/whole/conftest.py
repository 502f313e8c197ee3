"""One service for all tests of the console; its first admin is signed in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, StorageState

from tests.forks import fast
from tests.service import Process, hotline, prepared

from .clerk import Clerk, clerk_at


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Process]:
    """The service at which staff work."""
    folder = prepared(tmp_path_factory.mktemp("office"))
    with fast(hotline(folder, SEMANTIC="false")) as service:
        await service.start_beside()
        yield service
        await asyncio.to_thread(service.stop)


@pytest.fixture
def office_url(office: Process) -> str:
    return f"http://127.0.0.1:{office.port}/"


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def signed_in(office: Process, chrome: Browser) -> StorageState:
    """What the browser of the admin holds whom the first start has made."""
    async with clerk_at(chrome, f"http://127.0.0.1:{office.port}/") as clerk:
        await clerk.signs_in("admin", await asyncio.to_thread(office.first_password))
        return await clerk.page.context.storage_state()


@pytest_asyncio.fixture(loop_scope="session")
async def admin(office_url: str, chrome: Browser, signed_in: StorageState) -> AsyncIterator[Clerk]:
    async with clerk_at(chrome, office_url, signed_in) as clerk:
        await clerk.opens("")
        yield clerk
