namespace AdmissionGuard.Core.Terms;

/// <summary>What somebody who mistyped a name probably meant.</summary>
public static class Nearest
{
    /// <summary>«, did you mean …?» where a valid name is near enough to be meant; nothing otherwise.</summary>
    public static string Hint(string typed, IEnumerable<string> valid)
    {
        var best = valid
            .Select(name => (Name: name, Distance: Distance(typed.ToUpperInvariant(), name.ToUpperInvariant())))
            .OrderBy(x => x.Distance)
            .ThenBy(x => x.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.Name is not null && best.Distance <= Math.Max(2, best.Name.Length / 3) ? $", did you mean {best.Name}?" : "";
    }

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string a, string b)
    {
        var previous = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            previous[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(change, Math.Min(previous[j], row[j - 1]) + 1);
            }
            previous = row;
        }
        return previous[b.Length];
    }
}
