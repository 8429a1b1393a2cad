"""In what order the night's run goes.

`nightly.run` has five steps: take in, read, fold, report, publish. In come settings and days, out comes what was done. The steps
themselves are in the wings below; nothing is computed here.
"""
