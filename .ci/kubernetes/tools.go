//go:build tools

// Package tools names the programs of a cluster's control plane, so that their
// versions and all they need are pinned in this module. The staging modules have the
// version of the release: its own go.mod replaces them by directories, which go
// install refuses.
package tools

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
	_ "k8s.io/kubernetes/cmd/kube-scheduler"
)
