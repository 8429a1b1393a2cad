"""What the office decided, in config.yaml.

In comes the file; out come frozen settings that every other wing is given. `config` has them all; `mailboxes`, `outgoing` and `uploading`
hold the parts for mail and the upload page, `accounts` what two of them share. Where archive, ledger and replaced editions are is said by
`config.Paths` alone. A password is never a setting: the settings say where it is. Nothing here changes while the program runs.
"""

import os
import sys
from types import ModuleType

# pydantic would look for plugins in every installed package, and import what it takes to look: that costs each command time.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
if os.environ["PYDANTIC_DISABLE_PLUGINS"] == "__all__":
    _no_plugins = ModuleType("pydantic.plugin._loader")
    vars(_no_plugins)["get_plugins"] = tuple
    sys.modules.setdefault(_no_plugins.__name__, _no_plugins)
