"""专报 and 督办通知: papers to print and sign, in Word and PDF.

In comes the day's report, and the folder with the office's templates; out go the finished files by name, and what is wrong with a template.
A paper computes no figure; nothing that somebody typed becomes markup; a broken template costs no file.

`briefing` and `notice` say what stands in a paper, `word` and `briefing_pdf` set it. Nothing here knows the page or the workbook.
"""
