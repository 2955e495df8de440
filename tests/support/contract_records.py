"""What every engine's records must do; its test file subclasses ``RecordsContract`` and says how to open them."""

import pytest

from portal.engines.ports import Records
from tests.support.commits import Open
from tests.support.contract_accounts import ErasingContract, HandoutsContract
from tests.support.contract_applications import ApplicationsContract, TurnsContract
from tests.support.contract_came_back import CameBackContract
from tests.support.contract_certificates import CertificatesContract
from tests.support.contract_devices import DevicesContract
from tests.support.contract_drafts import DraftsContract
from tests.support.contract_limits import LimitsContract
from tests.support.contract_lines import LinesContract, ReopenedContract
from tests.support.contract_notices import NoticesContract
from tests.support.contract_registers import ClaimsContract, RegistersContract, TalliesContract
from tests.support.contract_services import ServicesContract
from tests.support.contract_standings import StandingsContract
from tests.support.contract_sweeps import SweepsContract


class RecordsContract(
    ApplicationsContract,
    TurnsContract,
    DraftsContract,
    NoticesContract,
    CameBackContract,
    ClaimsContract,
    RegistersContract,
    TalliesContract,
    ServicesContract,
    CertificatesContract,
    LinesContract,
    ReopenedContract,
    StandingsContract,
    SweepsContract,
    DevicesContract,
    LimitsContract,
    HandoutsContract,
    ErasingContract,
):
    @pytest.fixture
    def open_records(self) -> Open:
        """Opens the same store, empty at first; every call gives a handle of its own, as another process would have."""
        raise NotImplementedError

    @pytest.fixture
    def records(self, open_records: Open) -> Records:
        return open_records()
