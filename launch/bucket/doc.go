// Package bucket keeps objects in S3, or in what speaks its protocol.
//
// In comes a place, s3://BUCKET/PREFIX. Credentials come from the environment by the
// names that AWS's tools have, and stand nowhere else: AWS_ACCESS_KEY_ID,
// AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, and AWS_ENDPOINT_URL for
// servers other than AWS's.
//
// The promise: an object is there whole or not at all, as S3 has it. A URL that opens
// one without credentials is a secret of an hour's life: it is an answer of this
// package and stands in none of its errors.
//
// What it does not do: it makes no bucket and removes nothing that it was not asked to.
package bucket
