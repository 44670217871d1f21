package shard

// Readers batch by the first row group's size and overflow 32-bit string
// offsets on huge ones, so that row groups stay small.
const (
	groupRows  = 512
	groupBytes = 128 << 20
)
