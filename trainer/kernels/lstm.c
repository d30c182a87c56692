/* An LSTM's recurrence over characters, forward and backward, fused for training on a CPU.
 *
 * The input projection is a table with one row a character (embedding x kernel + bias), so that a
 * step is a table row plus one small matrix product, followed by the gates. A block of ROWS
 * sequences passes through all steps on one thread; its state stays in the first-level cache.
 *
 * Shapes, row-major: tokens [T][B] uint8, table [V][4U], recurrent [U][4U], mask [B][U] (recurrent
 * dropout, already scaled), gates [T][B][4U] (activated, in Keras's order i f g o),
 * cell and hidden [T][B][U]. All floats are float32; U is 32, 64, 96 or 128.
 *
 * Where the compiler targets AMX, products take bfloat16 operands and accumulate in float32.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ROWS 32
#define MOST_UNITS 128
#define ALIGNED __attribute__((aligned(64)))

/* exp by 2^n times a degree-5 polynomial on [-0.5, 0.5]; relative error below 3e-6 */
static inline float exponential(float x) {
    float z = x * 1.44269504f;
    z = z > 126.0f ? 126.0f : z;
    z = z < -126.0f ? -126.0f : z;
    const float n = rintf(z), f = z - n;
    float p = 1.33336e-3f;
    p = p * f + 9.61812910e-3f;
    p = p * f + 5.55041086e-2f;
    p = p * f + 2.40226507e-1f;
    p = p * f + 6.93147180e-1f;
    p = p * f + 1.0f;
    union { int32_t bits; float value; } power = {((int32_t)n + 127) << 23};
    return p * power.value;
}

static inline float sigmoid(float x) { return 1.0f / (1.0f + exponential(-x)); }
static inline float hyperbolic(float x) { return 2.0f / (1.0f + exponential(-2.0f * x)) - 1.0f; }

#ifdef __AMX_BF16__
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef uint16_t operand; /* bfloat16 bits */

/* Linux hands out the tile registers on request: ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA */
int lstm_prepare(void) { return syscall(SYS_arch_prctl, 0x1023, 18) == 0; }

static void begin(void) {
    struct { uint8_t palette, start, reserved[14]; uint16_t bytes[16]; uint8_t rows[16]; } tiles;
    memset(&tiles, 0, sizeof tiles);
    tiles.palette = 1;
    for (int i = 0; i < 8; i++) tiles.bytes[i] = 64, tiles.rows[i] = 16;
    _tile_loadconfig(&tiles);
}

static void end(void) { _tile_release(); }

static void narrow(const float *from, size_t count, operand *to) {
    for (size_t i = 0; i < count; i += 16)
        _mm256_storeu_si256((__m256i *)(to + i),
                            (__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(from + i)));
}

/* right [K][N], or its transpose [N][K], as tiles of 16 columns by 32 rows, rows in pairs */
static void pack(const float *right, int K, int N, int transposed, operand *to) {
    for (int n = 0; n < N; n += 16)
        for (int k = 0; k < K; k += 32)
            for (int r = 0; r < 16; r++)
                for (int c = 0; c < 32; c += 16) {
                    float pairs[16];
                    for (int i = 0; i < 16; i++) {
                        const int row = k + 2 * r + (i & 1), column = n + (c + i) / 2;
                        pairs[i] = transposed ? right[(size_t)column * K + row]
                                              : right[(size_t)row * N + column];
                    }
                    narrow(pairs, 16, to);
                    to += 16;
                }
}

static inline void multiply_tiles(void) {
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
}

static inline void store_tiles(float *to, int stride) {
    _tile_stored(0, to, stride * 4);
    _tile_stored(1, to + 16, stride * 4);
    _tile_stored(2, to + 16 * stride, stride * 4);
    _tile_stored(3, to + 16 * stride + 16, stride * 4);
}

/* product [ROWS][N] = left [ROWS][K] x packed [K][N] */
static void multiply(const float *left, int K, const operand *packed, int N, float *product) {
    operand narrowed[ROWS * 4 * MOST_UNITS] ALIGNED;
    narrow(left, (size_t)ROWS * K, narrowed);
    for (int n = 0; n < N; n += 32) {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
        for (int k = 0; k < K; k += 32) {
            _tile_loadd(4, narrowed + k, K * 2);
            _tile_loadd(5, narrowed + 16 * K + k, K * 2);
            _tile_loadd(6, packed + (size_t)n * K + k * 16, 64);
            _tile_loadd(7, packed + (size_t)(n + 16) * K + k * 16, 64);
            multiply_tiles();
        }
        store_tiles(product + n, N);
    }
}

/* sum [U][N] += left [ROWS][U] transposed x right [ROWS][N] */
static void add_outer(const float *left, int U, const float *right, int N, float *sum) {
    float turned[MOST_UNITS * ROWS] ALIGNED;
    operand a[MOST_UNITS * ROWS] ALIGNED, b[ROWS * 4 * MOST_UNITS] ALIGNED;
    for (int row = 0; row < ROWS; row++)
        for (int u = 0; u < U; u++) turned[u * ROWS + row] = left[row * U + u];
    narrow(turned, (size_t)U * ROWS, a);
    for (int row = 0; row < ROWS; row += 2)
        for (int n = 0; n < N; n += 16) {
            const __m256i even = (__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(right + row * N + n));
            const __m256i odd =
                (__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(right + (row + 1) * N + n));
            const __m512i pairs =
                _mm512_or_si512(_mm512_cvtepu16_epi32(even),
                                _mm512_slli_epi32(_mm512_cvtepu16_epi32(odd), 16));
            _mm512_storeu_si512(b + row * N + 2 * n, pairs);
        }
    for (int u = 0; u < U; u += 32)
        for (int n = 0; n < N; n += 32) {
            float *at = sum + (size_t)u * N + n;
            _tile_loadd(0, at, N * 4);
            _tile_loadd(1, at + 16, N * 4);
            _tile_loadd(2, at + 16 * N, N * 4);
            _tile_loadd(3, at + 16 * N + 16, N * 4);
            _tile_loadd(4, a + u * ROWS, ROWS * 2);
            _tile_loadd(5, a + (u + 16) * ROWS, ROWS * 2);
            _tile_loadd(6, b + 2 * n, N * 4);
            _tile_loadd(7, b + 2 * n + 32, N * 4);
            multiply_tiles();
            store_tiles(at, N);
        }
}

#else /* plain loops for the compiler to vectorise */

typedef float operand;

int lstm_prepare(void) { return 1; }
static void begin(void) {}
static void end(void) {}

static void pack(const float *right, int K, int N, int transposed, operand *to) {
    for (int k = 0; k < K; k++)
        for (int n = 0; n < N; n++)
            to[(size_t)k * N + n] = transposed ? right[(size_t)n * K + k] : right[(size_t)k * N + n];
}

static void multiply(const float *left, int K, const operand *packed, int N, float *product) {
    memset(product, 0, sizeof(float) * ROWS * N);
    for (int row = 0; row < ROWS; row++)
        for (int k = 0; k < K; k++) {
            const float scale = left[row * K + k];
            for (int n = 0; n < N; n++) product[row * N + n] += scale * packed[(size_t)k * N + n];
        }
}

static void add_outer(const float *left, int U, const float *right, int N, float *sum) {
    for (int row = 0; row < ROWS; row++)
        for (int u = 0; u < U; u++) {
            const float scale = left[row * U + u];
            for (int n = 0; n < N; n++) sum[(size_t)u * N + n] += scale * right[row * N + n];
        }
}

#endif

void lstm_forward(int T, int B, int U, const uint8_t *tokens, const float *table,
                  const float *recurrent, const float *mask, float *gates, float *cell,
                  float *hidden) {
    const int N = 4 * U;
    operand *packed = aligned_alloc(64, sizeof(operand) * U * N);
    pack(recurrent, U, N, 0, packed);
#pragma omp parallel
    {
        begin();
        float sums[ROWS * 4 * MOST_UNITS] ALIGNED, carried[ROWS * MOST_UNITS] ALIGNED;
        float memory[ROWS * MOST_UNITS] ALIGNED;
#pragma omp for schedule(dynamic)
        for (int first = 0; first < B; first += ROWS) {
            const int rows = B - first < ROWS ? B - first : ROWS;
            memset(carried, 0, sizeof carried);
            memset(memory, 0, sizeof memory);
            for (int t = 0; t < T; t++) {
                multiply(carried, U, packed, N, sums);
                for (int row = 0; row < rows; row++) {
                    const size_t at = (size_t)t * B + first + row;
                    const float *restrict sum = sums + row * N;
                    const float *restrict input = table + (size_t)tokens[at] * N;
                    const float *restrict keep = mask + (size_t)(first + row) * U;
                    float *restrict gate = gates + at * N, *restrict c = cell + at * U;
                    float *restrict h = hidden + at * U, *restrict past = memory + row * U;
                    float *restrict next = carried + row * U;
#pragma GCC ivdep
                    for (int u = 0; u < U; u++) {
                        const float i = sigmoid(sum[u] + input[u]);
                        const float f = sigmoid(sum[U + u] + input[U + u]);
                        const float g = hyperbolic(sum[2 * U + u] + input[2 * U + u]);
                        const float o = sigmoid(sum[3 * U + u] + input[3 * U + u]);
                        gate[u] = i, gate[U + u] = f, gate[2 * U + u] = g, gate[3 * U + u] = o;
                        past[u] = c[u] = f * past[u] + i * g;
                        h[u] = o * hyperbolic(past[u]);
                        next[u] = h[u] * keep[u];
                    }
                }
            }
        }
        end();
    }
    free(packed);
}

/* d_hidden [T][B][U] -> d_recurrent [U][4U], d_table [V][4U] */
void lstm_backward(int T, int B, int U, int V, const uint8_t *tokens, const float *recurrent,
                   const float *mask, const float *gates, const float *cell, const float *hidden,
                   const float *d_hidden, float *d_recurrent, float *d_table) {
    const int N = 4 * U;
    operand *packed = aligned_alloc(64, sizeof(operand) * U * N);
    pack(recurrent, N, U, 1, packed);
    memset(d_recurrent, 0, sizeof(float) * U * N);
    memset(d_table, 0, sizeof(float) * V * N);
#pragma omp parallel
    {
        begin();
        float *own_recurrent = aligned_alloc(64, sizeof(float) * U * N);
        float *own_table = aligned_alloc(64, sizeof(float) * V * N);
        memset(own_recurrent, 0, sizeof(float) * U * N);
        memset(own_table, 0, sizeof(float) * V * N);
        float back[ROWS * MOST_UNITS] ALIGNED, d_memory[ROWS * MOST_UNITS] ALIGNED;
        float d_sums[ROWS * 4 * MOST_UNITS] ALIGNED, carried[ROWS * MOST_UNITS] ALIGNED;
#pragma omp for schedule(dynamic)
        for (int first = 0; first < B; first += ROWS) {
            const int rows = B - first < ROWS ? B - first : ROWS;
            memset(back, 0, sizeof back);
            memset(d_memory, 0, sizeof d_memory);
            memset(d_sums, 0, sizeof d_sums);
            memset(carried, 0, sizeof carried);
            for (int t = T - 1; t >= 0; t--) {
                const float follows = t ? 1.0f : 0.0f;
                for (int row = 0; row < rows; row++) {
                    const size_t at = (size_t)t * B + first + row, before = t ? at - B : at;
                    const float *restrict gate = gates + at * N, *restrict c = cell + at * U;
                    const float *restrict past = cell + before * U;
                    const float *restrict h = hidden + before * U;
                    const float *restrict from_loss = d_hidden + at * U;
                    const float *restrict keep = mask + (size_t)(first + row) * U;
                    const float *restrict from_next = back + row * U;
                    float *restrict d_c = d_memory + row * U, *restrict d_sum = d_sums + row * N;
                    float *restrict d_input = own_table + (size_t)tokens[at] * N;
                    float *restrict was = carried + row * U;
#pragma GCC ivdep
                    for (int u = 0; u < U; u++) {
                        const float i = gate[u], f = gate[U + u], g = gate[2 * U + u];
                        const float o = gate[3 * U + u], squashed = hyperbolic(c[u]);
                        const float d_h = from_loss[u] + from_next[u] * keep[u];
                        const float d = d_c[u] + d_h * o * (1.0f - squashed * squashed);
                        const float d_i = d * g * i * (1.0f - i);
                        const float d_f = follows * d * past[u] * f * (1.0f - f);
                        const float d_g = d * i * (1.0f - g * g);
                        const float d_o = d_h * squashed * o * (1.0f - o);
                        d_sum[u] = d_i, d_sum[U + u] = d_f;
                        d_sum[2 * U + u] = d_g, d_sum[3 * U + u] = d_o;
                        d_input[u] += d_i, d_input[U + u] += d_f;
                        d_input[2 * U + u] += d_g, d_input[3 * U + u] += d_o;
                        d_c[u] = d * f;
                        was[u] = h[u] * keep[u];
                    }
                }
                if (t) {
                    multiply(d_sums, N, packed, U, back);
                    add_outer(carried, U, d_sums, N, own_recurrent);
                }
            }
        }
        end();
#pragma omp critical
        {
            for (size_t i = 0; i < (size_t)U * N; i++) d_recurrent[i] += own_recurrent[i];
            for (size_t i = 0; i < (size_t)V * N; i++) d_table[i] += own_table[i];
        }
        free(own_recurrent);
        free(own_table);
    }
    free(packed);
}
