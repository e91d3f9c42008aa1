using System.Globalization;

namespace AdmissionGuard.Core.Settings;

/// <summary>A release of Istio; what follows the three numbers, such as <c>-rc.1</c> or <c>-distroless</c>, does not count.</summary>
public sealed record IstioVersion(int Major, int Minor, int Patch) : IComparable<IstioVersion>
{
    /// <summary>Reads <c>1.28.6</c>, <c>1.31</c>, <c>1.29.2-distroless</c>. Null where it is no version.</summary>
    public static IstioVersion? Parse(string text)
    {
        var numbers = text.Split('-', '+')[0].Split('.');
        if (numbers.Length is not (2 or 3))
            return null;
        var parsed = new int[3];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!int.TryParse(numbers[i], NumberStyles.None, CultureInfo.InvariantCulture, out parsed[i]))
                return null;
        }
        return new IstioVersion(parsed[0], parsed[1], parsed[2]);
    }

    /// <summary>Whether a change is in this release: made in one minor release, and in patches of older ones.</summary>
    /// <param name="backports">The first release of each minor release that has it, the oldest minor release first.</param>
    public bool Has(params IstioVersion[] backports)
    {
        foreach (var first in backports)
        {
            if (Major == first.Major && Minor == first.Minor)
                return Patch >= first.Patch;
        }
        return CompareTo(backports[^1]) > 0;
    }

    public int CompareTo(IstioVersion? other) => other is null ? 1 : (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");
}
