namespace AdmissionGuard.Files;

/// <summary>What one manifest may cost: far above what people write, far below what would bring the program down.</summary>
internal static class Limits
{
    /// <summary>Bytes of one file or of standard input.</summary>
    public const int FileBytes = 32 << 20;

    /// <summary>What is said of a file that is larger.</summary>
    public static string TooLarge { get; } = $"larger than {FileBytes >> 20} MiB, split it";

    /// <summary>Bytes of one document, as text and again as JSON with its aliases written out.</summary>
    public const int DocumentBytes = 8 << 20;

    /// <summary>Maps and lists within each other; equal to what <see cref="Core.Json.Node.ParseOptions"/> takes.</summary>
    public const int Depth = 128;

    /// <summary>Values of one document, those of aliases counted each time they are used.</summary>
    public const int Nodes = 500_000;

    /// <summary>Documents of one file.</summary>
    public const int Documents = 100_000;
}
