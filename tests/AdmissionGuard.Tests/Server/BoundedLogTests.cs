using AdmissionGuard.Admission;
using AdmissionGuard.Decisions;

namespace AdmissionGuard.Tests.Server;

public sealed class BoundedLogTests
{
    [Fact]
    public async Task A_decision_log_that_is_full_makes_room_by_the_file_before_it()
    {
        var folder = Directory.CreateTempSubdirectory("admissionguard-log");
        try
        {
            var path = Path.Combine(folder.FullName, "log");
            const long Most = (long)ServerLimits.LeastDecisionLogMib << 20;
            for (var round = 0; round < 12; round++)
            {
                await using var log = DecisionLog.At(path, withObjects: true, TextWriter.Null, Most);
                for (var line = 0; line < 15; line++)
                    log.Add(new byte[1 << 20]);
            }
            var sizes = folder.EnumerateFiles().OrderBy(f => f.Name).Select(f => (f.Name, f.Length)).ToList();
            Assert.Equal(["log", "log.1"], sizes.Select(s => s.Name));
            Assert.InRange(sizes.Sum(s => s.Length), Most / 4, Most);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
