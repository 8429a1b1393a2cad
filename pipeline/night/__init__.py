"""In what order the night's run goes.

`nightly.run` tells it in five steps: take in, read, fold, report, publish. In come settings and days, out comes what was done. The steps
themselves lie in the wings below; nothing is computed here.
"""
