package report

import (
	"html/template"
	"io"
)

// page is one HTML file that needs nothing else: no script, no font, no address.
const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="generator" content="gonogo report"><meta name="viewport" content="width=device-width">
<title>{{.Heading}}</title>
<style>
:root{color-scheme:light dark;--ink:#1d2329;--dim:#5b6670;--ground:#fff;--rule:#d8dde2;--line:#1668b8;--bad:#b3261e;--warn:#946200}
@media (prefers-color-scheme:dark){:root{--ink:#e4e8ec;--dim:#9aa5b0;--ground:#14181c;--rule:#333b43;--line:#62a8ea;--bad:#ff8f87;--warn:#e0b252}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground);max-width:1100px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem}h3{font-size:1rem;margin:1rem 0 .2rem}p.about{color:var(--dim)}
.trouble{border-left:4px solid var(--bad);padding:.4rem .8rem;font-weight:600}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:13.5px}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid var(--rule)}th{color:var(--dim);font-weight:600}
svg{width:100%;height:auto;max-width:820px}.grid{stroke:var(--rule)}.axis{fill:var(--dim);font-size:11px}
.line{fill:none;stroke:var(--line);stroke-width:1.6}.target{stroke:var(--warn);stroke-dasharray:5 4}.alert{stroke:var(--bad);stroke-dasharray:2 3}.mark{stroke:var(--dim);stroke-dasharray:1 4}
@media print{body{max-width:none;margin:0}}
</style></head><body>
<h1>{{.Heading}}</h1><p class="about">{{.About}}</p>
{{with .Trouble}}<p class="trouble">It may be incomplete: {{.}}.</p>{{end}}
{{range .Sections}}<h2>{{.Title}}</h2>
{{if .Rows}}<div class="wide"><table><thead><tr>{{range .Head}}<th>{{.}}</th>{{end}}</tr></thead><tbody>
{{range .Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>
{{end}}</tbody></table></div>{{end}}{{if .Lines}}<ul>{{range .Lines}}<li>{{.}}</li>{{end}}</ul>{{end}}
{{end}}{{if .Charts}}<h2>Charts</h2>
{{range .Charts}}<h3>{{.Title}}{{with .Target}}, target {{.}}{{end}}{{with .Alert}}, alert {{.}}{{end}}</h3>{{.SVG}}
{{end}}{{end}}</body></html>
`

// HTML writes the report as one HTML file, with its charts as SVG.
func (r *Report) HTML(w io.Writer) error {
	type part struct {
		Title string
		Head  []string
		Rows  [][]string
		Lines []string
	}
	type chart struct {
		Title, Target, Alert string
		SVG                  template.HTML
	}
	data := struct {
		Heading, About, Trouble string
		Sections                []part
		Charts                  []chart
	}{Heading: r.heading(), About: r.about(), Trouble: r.Trouble}
	for _, s := range r.sections() {
		if len(s.rows) > 0 || len(s.lines) > 0 {
			data.Sections = append(data.Sections, part{s.title, s.head, s.rows, s.lines})
		}
	}
	for i := range r.Charts {
		c := &r.Charts[i]
		data.Charts = append(data.Charts, chart{c.Title, c.Target, c.Alert, template.HTML(c.svg(r.From, r.To))}) //nolint:gosec // its texts are escaped
	}
	t, err := template.New("report").Parse(page)
	if err != nil {
		return err
	}
	return t.Execute(w, data)
}
