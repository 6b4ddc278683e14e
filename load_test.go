package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"gonogo/model/config"
)

// manyMetrics returns a config of n metrics, all of which the phases' gates ask
// and every tenth of which is computed of others, and n/10 flags.
func manyMetrics(n int) string {
	var b strings.Builder
	b.WriteString("rollout.id = \"many\"\nenvironment.name = \"staging\"\n[source.prom]\nkind = \"prometheus\"\nurl = \"http://127.0.0.1:9090\"\n")
	var names []string
	for i := range n {
		name := fmt.Sprintf("metric_%04d", i)
		names = append(names, fmt.Sprintf("%q", name))
		fmt.Fprintf(&b, "[metric.%s]\n", name)
		if i%10 == 9 {
			fmt.Fprintf(&b, "expr = \"metric_%04d / metric_%04d\"\nunit = \"ratio\"\ntarget = \"<= 50%%\"\n", i-1, i-2)
			continue
		}
		fmt.Fprintf(&b, "source = \"prom\"\nquery = 'sum(rate(requests_total{job=\"%d\"}[1m]))'\nunit = \"per_second\"\nevery = \"1s\"\ntarget = \"<= 120%% of metric_%04d\"\n", i, (i+1)%9)
	}
	for i := range n / 10 {
		fmt.Fprintf(&b, "[flag.FLAG_%04d]\ntype = \"bool\"\nsafe = false\nkind = \"dotenv\"\nfile = \"app.env\"\nkey = \"FLAG_%04d\"\n", i, i)
	}
	for _, phase := range []string{"dark", "ten", "all"} {
		fmt.Fprintf(&b, "[phase.%s]\ngate = [%s]\nsoak = \"1h\"\nflags = { FLAG_0001 = true }\n", phase, strings.Join(names, ", "))
	}
	b.WriteString("[rollback.quick]\nemergency = true\nflags = \"safe\"\n")
	return b.String()
}

// BenchmarkLoad loads configs of many metrics, and prints how often as long that
// takes as the TOML library takes for the same text.
func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{100, 500, 2000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			text := manyMetrics(n)
			path := filepath.Join(b.TempDir(), "config.toml")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				b.Fatal(err)
			}
			var bare time.Duration
			for b.Loop() {
				if _, err := config.Load(path, kinds()); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				start, doc := time.Now(), map[string]any{}
				if _, err := toml.Decode(text, &doc); err != nil {
					b.Fatal(err)
				}
				bare += time.Since(start)
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed())/float64(bare), "x-toml")
		})
	}
}
