package demo

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// meters are what the service tells of itself on /metrics. Every series is
// there from the start, so that none is missing where nothing was counted yet.
type meters struct {
	registry   *prometheus.Registry
	tenants    []tenantMeters
	fallbacks  prometheus.Counter
	ok, broken prometheus.Counter // answers, by status
	duration   prometheus.Histogram
}

// tenantMeters are those of one tenant.
type tenantMeters struct {
	successes, failures prometheus.Counter // of real retrievals
	real, mock          prometheus.Counter // retrievals, by mode
}

func newMeters(tenants []string) *meters {
	m := &meters{
		registry:  prometheus.NewRegistry(),
		fallbacks: counter("vecsec_vector_retrieval_fallback_total", "Real retrievals that fell back to mock."),
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "vecsec_vector_retrieval_duration_seconds",
			Help:    "Duration of real retrievals.",
			Buckets: []float64{.1, .25, .5, .75, 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10},
		}),
	}
	successes := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "vecsec_vector_retrieval_success_total", Help: "Real retrievals that succeeded."}, []string{"tenant"})
	failures := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "vecsec_vector_retrieval_failures_total", Help: "Real retrievals that failed."}, []string{"tenant"})
	retrievals := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "vecsec_vector_retrieval_total", Help: "Retrievals, by mode."}, []string{"mode", "tenant"})
	for _, t := range tenants {
		m.tenants = append(m.tenants, tenantMeters{
			successes.WithLabelValues(t), failures.WithLabelValues(t), retrievals.WithLabelValues("real", t), retrievals.WithLabelValues("mock", t)})
	}
	requests := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "http_requests_total", Help: "Requests answered, by status."}, []string{"code"})
	m.ok, m.broken = requests.WithLabelValues("200"), requests.WithLabelValues("500")
	m.registry.MustRegister(successes, failures, m.fallbacks, m.duration, retrievals, requests,
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
}

// answer counts one answered request.
func (m *meters) answer(ok bool) {
	if ok {
		m.ok.Inc()
	} else {
		m.broken.Inc()
	}
}
