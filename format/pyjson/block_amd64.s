//go:build !purego

#include "textflag.h"

DATA blockBytes<>+0(SB)/1, $0x22
DATA blockBytes<>+1(SB)/1, $0x5C
DATA blockBytes<>+2(SB)/1, $0x1F
GLOBL blockBytes<>(SB), RODATA|NOPTR, $8

// JOIN stores the masks of both halves, in AX and BX, as one.
#define JOIN(at) \
	SHLQ $32, BX  \
	ORQ  BX, AX   \
	MOVQ AX, at(DI)

// func findAVX2(b *block, w *[blockSize]byte)
TEXT ·findAVX2(SB), NOSPLIT, $0-16
	MOVQ b+0(FP), DI
	MOVQ w+8(FP), SI
	VMOVDQU (SI), Y0
	VMOVDQU 32(SI), Y1
	VPBROADCASTB blockBytes<>+0(SB), Y2
	VPBROADCASTB blockBytes<>+1(SB), Y3
	VPBROADCASTB blockBytes<>+2(SB), Y4
	VPCMPEQB  Y0, Y2, Y5
	VPCMPEQB  Y1, Y2, Y6
	VPMOVMSKB Y5, AX
	VPMOVMSKB Y6, BX
	JOIN(0)
	VPCMPEQB  Y0, Y3, Y5
	VPCMPEQB  Y1, Y3, Y6
	VPMOVMSKB Y5, AX
	VPMOVMSKB Y6, BX
	JOIN(8)
	// A byte is below 0x20 if it is the lesser of itself and 0x1F.
	VPMINUB   Y0, Y4, Y5
	VPMINUB   Y1, Y4, Y6
	VPCMPEQB  Y0, Y5, Y5
	VPCMPEQB  Y1, Y6, Y6
	VPMOVMSKB Y5, AX
	VPMOVMSKB Y6, BX
	JOIN(16)
	VPMOVMSKB Y0, AX
	VPMOVMSKB Y1, BX
	JOIN(24)
	VZEROUPPER
	RET
