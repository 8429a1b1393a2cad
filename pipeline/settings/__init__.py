"""What the office decided, in config.yaml.

In comes the file; out come frozen settings that every other wing is given. `config` has them all; `mailboxes`, `outgoing` and `uploading`
hold the parts for mail and the upload page, `accounts` what two of them share. Where archive, ledger and replaced editions are is said by
`config.Paths` alone. A password is never a setting: the settings say where it is. Nothing here changes while the program runs.
"""

import os

os.environ.setdefault(
    "PYDANTIC_DISABLE_PLUGINS", "__all__"
)  # it would look for some in every installed package, which takes each command time
