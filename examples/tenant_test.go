package examples

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestOnlyTheBadTenantGoes: with a real Prometheus, nobody does anything while one of eight
// tenants goes bad. The guard takes out that one, sees that it worked, and leaves the others; its
// index is mended meanwhile, so the phase can be entered again and comes to GO.
func TestOnlyTheBadTenantGoes(t *testing.T) {
	t.Parallel()
	d, _ := withPrometheus(t)
	config := d.ConfigPath()
	headlessEngine(t, d)
	if out, status := command(t, "advance", "--to", "quarter", "--reason", "test", "--yes", "-c", config); status != 0 {
		t.Fatalf("advance: status %d\n%s", status, out)
	}
	t.Cleanup(func() {
		if t.Failed() {
			log, _ := command(t, "log", "-c", config)
			t.Logf("journal:\n%s", log[max(0, len(log)-4000):])
		}
	})
	poll(t, "the guard's rollback", 200*time.Millisecond, func() bool {
		out, _ := command(t, "status", "-c", config)
		return strings.Contains(out, "Take some tenants out: tenant_e, ended VERIFIED")
	})
	env := read(t, filepath.Join(d.Dir(), ".env"))
	if !strings.Contains(env, "USE_REAL_VECTOR_RETRIEVAL=true") || !strings.Contains(env, "tenant_a,tenant_b,tenant_c,tenant_d,tenant_f,tenant_g,tenant_h") {
		t.Errorf(".env after it:\n%s", env)
	}
	log, _ := command(t, "log", "-c", config)
	if !strings.Contains(log, "for tenant tenant_e") || !strings.Contains(log, "fired (countdown)") || strings.Contains(log, "Everything off") {
		t.Errorf("log:\n%s", log)
	}
	if out, status := command(t, "advance", "--reason", "mended", "--yes", "-c", config); status != 0 {
		t.Fatalf("advance again: status %d\n%s", status, out)
	}
	if out, status := command(t, "gate", "--wait", "60s", "-c", config); status != 0 {
		t.Errorf("the gate with all eight: status %d\n%s", status, out)
	}
}
