namespace AdmissionGuard.Files;

/// <summary>What a <see cref="FileFollower"/> follows, and how.</summary>
internal sealed record FollowedFiles
{
    /// <summary>In words: <c>the policies</c>.</summary>
    public required string What { get; init; }

    /// <summary>What the files look like, see <see cref="Fingerprint"/>.</summary>
    public required Func<string> Look { get; init; }

    /// <summary>What they looked like before they were read for the first time.</summary>
    public required string LookedLike { get; init; }

    /// <summary>Reads them; false where they are refused, so that what was read before stays.</summary>
    public required Func<bool> Read { get; init; }

    /// <summary>Between two looks.</summary>
    public required TimeSpan Interval { get; init; }
}
