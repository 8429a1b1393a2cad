"""专报 and 督办通知: papers to print and sign, in Word and PDF.

In comes the day's report, and the folder with the office's templates; out go the finished files by name, and what is wrong with a template.
A paper computes no figure; nothing that somebody typed becomes markup; a broken template costs no file.

`briefing` and `notice` say what stands in a paper, `word` and `briefing_pdf` set it. Nothing here knows the page or the workbook.

How a paper looks is set in the office's templates and not in code. The red head (报头) of 专报 and the red line below it are set in
`templates/专报模板.docx` by the styles `Head` and `HeadLine`, and in `templates/专报版式.typ` under `// 报头`.
"""
