# The tickets of many packs by status, sprint and assignee.
function count() {
  if (status != "") {
    total++
    byStatus[status]++
    bySprint[sprint " " status]++
    byAssignee[assignee " " status]++
  }
  status = ""
  assignee = "nobody"
}
/^## Sprint / { count(); sprint = $3 }
/^- \[[ xX]\] / { count(); status = $2 == "[x]" ? "done" : "not_started" }
/^  - Status: / { status = $3 }
/^  - Assignee: / { assignee = $3 }
END {
  count()
  print total
  for (one in byStatus) print one, byStatus[one]
  for (one in bySprint) print "sprint", one, bySprint[one]
  for (one in byAssignee) print "assignee", one, byAssignee[one]
}
