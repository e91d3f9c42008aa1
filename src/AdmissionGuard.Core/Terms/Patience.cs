namespace AdmissionGuard.Core.Terms;

/// <summary>
/// How long somebody waits for a verdict. It is asked between rules and where a rule loops over many things, so that no time is spent on an answer
/// that nobody reads; whoever waits has the clock.
/// </summary>
public abstract class Patience
{
    public abstract bool HasEnded { get; }

    /// <exception cref="PatienceEndedException">Nobody waits any more.</exception>
    public void Check()
    {
        if (HasEnded)
            throw new PatienceEndedException();
    }
}

/// <summary>Nobody waits for the verdict any more; there is none.</summary>
public sealed class PatienceEndedException() : Exception("nobody waits for this verdict any more");
