import Glibc

/// Seconds of CPU time that the calling thread has used: how long a reading takes, whatever else the machine does.
package func threadCPUSeconds() -> Double {
  var time = timespec()
  let status = clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  precondition(status == 0, "no clock of CPU time: error \(errno)")
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
