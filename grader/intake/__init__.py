"""The intake: a folder, zip, tar or notebook becomes the bytes of a student's Python files.

Nothing is extracted, executed or decompressed further than it is needed, and every size is capped
while it is read. The rule for what lies in a submission:

- Python files are read; notebooks only where there is no Python file at all.
- Whatever is named like one of these and cannot be taken as it is (a link, a device, encrypted,
  damaged, too large, there twice) refuses the whole submission, by name: what is graded must not
  depend on who unpacks it.
- Anything else is skipped unread, whatever it is: data sets, pictures, links, `.git`, the litter of
  macOS and Windows.
- A name that leads out of the submission (absolute, with a drive, `..`) refuses it anywhere: no
  honest tool writes one.

Two names are the same if they differ only in case, in separators or in how an accent is composed:
on some machines they would be one file. Source text is not looked at here: a file that Python
cannot read costs the functions in it, not the whole submission.
"""
