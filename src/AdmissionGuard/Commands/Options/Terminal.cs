namespace AdmissionGuard.Commands.Options;

/// <summary>
/// Where a verb reads and writes: results on <see cref="Out"/>, all else on <see cref="Error"/>. Colours and progress only where somebody looks at
/// them.
/// </summary>
internal sealed record Terminal(Stream In, TextWriter Out, TextWriter Error, bool Colours, bool ShowsProgress = false)
{
    /// <summary>Output is buffered: the verb flushes. NO_COLOR is honoured.</summary>
    public static Terminal OfProcess()
    {
        var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 16) { AutoFlush = false };
        var colours = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return new Terminal(Console.OpenStandardInput(), output, Console.Error, colours, ShowsProgress: !Console.IsErrorRedirected);
    }
}
