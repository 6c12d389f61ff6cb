"""Reference values of packages/stats/src/special, from SciPy. Run: python special.py > special.json"""
import json, sys
import numpy, scipy
from scipy import special as sp, stats as st

a_values = [0.1, 0.5, 1, 2.5, 10, 14.5, 33, 150, 2500, 60000]
ratios = [0.01, 0.3, 0.8, 0.99, 1.0, 1.01, 1.3, 3.0]
ps = [1e-9, 1e-4, 0.001, 0.025, 0.3, 0.5, 0.7, 0.975, 0.999, 0.9999]
dfs = [1, 2, 3, 7.5, 30, 400, 20000]
out = {
    "versions": {"python": sys.version.split()[0], "scipy": scipy.__version__, "numpy": numpy.__version__},
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
    "kolmogorovQuantile": [[p, float(sp.kolmogi(p))] for p in ps],
}
json.dump(out, sys.stdout, indent=1)
