"""Reference values of packages/stats/src/special, from SciPy. Run: scripts/peers.sh run learners special.py > special.json"""
import json, sys
import numpy as np, scipy
from scipy import integrate, special as sp, stats as st
from scipy.stats import _hypotests as hypotests



def anderson_darling_sf(x):
    """Gil-Pelaez inversion of the characteristic function of the limit law (Anderson and Darling 1954, 4.9)."""
    def integrand(t):
        phi = np.prod((1 - 2j * t / (j * (j + 1))) ** -0.5) * np.exp(1j * t / (len(j) + 1))
        return (np.exp(-1j * t * x) * phi).imag / t
    j = np.arange(1, 4001)
    return 0.5 + integrate.quad(integrand, 0, 400, limit=4000, epsabs=1e-13, epsrel=1e-12)[0] / np.pi


a_values = [0.1, 0.5, 1, 2.5, 10, 14.5, 33, 150, 2500, 60000]
ratios = [0.01, 0.3, 0.8, 0.99, 1.0, 1.01, 1.3, 3.0]
ps = [1e-9, 1e-4, 0.001, 0.025, 0.3, 0.5, 0.7, 0.975, 0.999, 0.9999]
dfs = [1, 2, 3, 7.5, 30, 400, 20000]
out = {
    "versions": {"python": sys.version.split()[0], "scipy": scipy.__version__, "numpy": np.__version__},
    "lgamma": [[x, float(sp.gammaln(x))] for x in [0.001, 0.3, 0.5, 1.5, 2.7, 7, 14.9, 15, 101.5, 1e5, -0.5, -3.2]],
    "gammaP": [[a, a * r, float(sp.gammainc(a, a * r))] for a in a_values for r in ratios],
    "gammaQ": [[a, a * r, float(sp.gammaincc(a, a * r))] for a in a_values for r in ratios],
    "betaI": [[a, b, x, float(sp.betainc(a, b, x))]
              for a in [0.5, 1, 3, 20, 700, 50000] for b in [0.5, 2, 11, 300, 50000]
              for x in [0.001, 0.2, a / (a + b), 0.5, 0.9]],
    "normalCdf": [[z, float(st.norm.cdf(z))] for z in [-8, -5, -3.1, -1, -0.01, 0, 0.3, 1.96, 4, 6]],
    "normalQuantile": [[p, float(st.norm.ppf(p))] for p in ps],
    "chiSquareSf": [[x, d, float(st.chi2.sf(x, d))] for d in dfs for x in [d * 0.5, d, d * 1.5, d + 10]],
    "chiSquareQuantile": [[p, d, float(st.chi2.ppf(p, d))] for d in dfs for p in ps],
    "tCdf": [[t, d, float(st.t.cdf(t, d))] for d in dfs for t in [-4, -1, 0, 0.5, 2.3]],
    "tQuantile": [[p, d, float(st.t.ppf(p, d))] for d in dfs for p in ps],
    "betaQuantile": [[p, a, b, float(st.beta.ppf(p, a, b))] for p in ps for a, b in [[0.5, 0.5], [1, 3], [3, 8], [40, 900]]],
    "kolmogorovSf": [[x, float(sp.kolmogorov(x))] for x in [0.2, 0.3, 0.5, 0.8, 0.99, 1, 1.2, 1.36, 2, 3]],
    "kolmogorovFiniteSf": [[n, x / n ** 0.5, float(st.kstwo.sf(x / n ** 0.5, n))]
                           for n in [2, 5, 20, 80, 140, 141, 700, 5000, 20000] for x in [0.3, 0.5, 0.8, 1, 1.3, 1.7, 2.4] if x < n ** 0.5],
    "cramerVonMisesSf": [[x, 1 - float(hypotests._cdf_cvm_inf(np.float64(x)))] for x in [0.02, 0.05, 0.1, 0.2, 0.46136, 0.9, 1.5]],
    "andersonDarlingSf": [[x, anderson_darling_sf(x)] for x in [0.3, 0.8, 1.933, 2.492, 3.857, 6]],
    "noncentralChiSquareCdf": [[x, d, nc, float(st.ncx2.cdf(x, d, nc))]
                               for d, nc, x in [(1, 0.5, 0.3), (1, 4, 9), (4, 3, 10), (9, 30, 20), (9, 30, 60), (19, 200, 260), (30, 1500, 1400)]],
    "hypergeometricLogPmf": [[k, {"total": N, "marked": K, "drawn": n}, float(st.hypergeom.logpmf(k, N, K, n))]
                             for k, N, K, n in [(2, 10, 4, 5), (0, 30, 5, 10), (40, 500, 100, 180), (900, 1e5, 3000, 31000)]],
    "kolmogorovQuantile": [[p, float(sp.kolmogi(p))] for p in ps],
}
json.dump(out, sys.stdout, indent=1)
