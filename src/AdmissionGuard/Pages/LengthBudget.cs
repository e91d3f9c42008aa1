namespace AdmissionGuard.Pages;

/// <summary>How much of a long list a page takes, so that a browser opens it at once. What does not fit is counted.</summary>
/// <param name="characters">Of markup.</param>
internal sealed class LengthBudget(int characters)
{
    private int left = characters;

    /// <summary>As many of the first as there is room for.</summary>
    public IReadOnlyList<Markup> Fit(IEnumerable<Markup> all)
    {
        var fitting = new List<Markup>();
        foreach (var one in all)
        {
            left -= one.Length;
            if (left < 0)
                break;
            fitting.Add(one);
        }
        return fitting;
    }
}
