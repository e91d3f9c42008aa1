using System.Runtime.InteropServices;

namespace AdmissionGuard.Tests.Laws;

/// <summary>What one thread has computed: unlike a watch it stands still while other work has the core.</summary>
internal static partial class ThreadClock
{
    private const int OfThread = 3;

    public static TimeSpan Now
    {
        get
        {
            Marshal.ThrowExceptionForHR(Read(OfThread, out var time));
            return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int Read(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
