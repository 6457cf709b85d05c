// The few signs of buttons. All are decoration: the buttons have words of their own.
import type { ReactNode } from 'react'

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {children}
    </svg>
  )
}

export const RerunIcon = () => (
  <Icon>
    <path d="M13 8a5 5 0 1 1-1.600-3.700M13 2.500v2.800h-2.800" />
  </Icon>
)
export const AbortIcon = () => (
  <Icon>
    <path d="M5.300 2h5.400L14 5.300v5.400L10.700 14H5.300L2 10.700V5.300zM6 6l4 4m0-4-4 4" />
  </Icon>
)
export const SearchIcon = () => (
  <Icon>
    <path d="M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zm3.600-1.400L14 14" />
  </Icon>
)
export const CloseIcon = () => (
  <Icon>
    <path d="m4 4 8 8m0-8-8 8" />
  </Icon>
)
export const UpIcon = () => (
  <Icon>
    <path d="m4 10 4-4 4 4" />
  </Icon>
)
export const DownIcon = () => (
  <Icon>
    <path d="m4 6 4 4 4-4" />
  </Icon>
)
export const EndIcon = () => (
  <Icon>
    <path d="M8 2v8m-3.500-3L8 10.500 11.500 7M3.500 14h9" />
  </Icon>
)
export const StartIcon = () => (
  <Icon>
    <path d="M8 14V6m-3.500 3L8 5.500 11.500 9M3.500 2h9" />
  </Icon>
)
export const SunIcon = () => (
  <Icon>
    <path d="M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1 1m8 8 1 1M13 3l-1 1M4 12l-1 1" />
  </Icon>
)
export const MoonIcon = () => (
  <Icon>
    <path d="M13.500 9.800A6 6 0 0 1 6.200 2.500a6 6 0 1 0 7.300 7.300z" />
  </Icon>
)
export const AutoIcon = () => (
  <Icon>
    <path d="M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z" />
    <path d="M8 2v12a6 6 0 0 0 0-12z" className="filled" />
  </Icon>
)
export const HelpIcon = () => (
  <Icon>
    <path d="M6 6a2 2 0 1 1 2.600 1.900c-.4.200-.600.500-.600 1v.300M8 11.700h.01M8 14.500a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13z" />
  </Icon>
)
export const FilterIcon = () => (
  <Icon>
    <path d="M2 3.500h12M4.500 8h7M6.500 12.500h3" />
  </Icon>
)
export const FolderIcon = () => (
  <Icon>
    <path d="M1.800 4.500v8h12.400v-6.500H8L6.500 4.500z" />
  </Icon>
)
export const FileIcon = () => (
  <Icon>
    <path d="M4 1.800h5l3 3v9.400H4zM9 1.800v3h3" />
  </Icon>
)
export const OutIcon = () => (
  <Icon>
    <path d="M6.500 3.500h-3v9h9v-3M9 2.500h4.500V7M13 3 7.500 8.500" />
  </Icon>
)
export const StarIcon = () => (
  <Icon>
    <path
      d="m8 1.800 1.900 3.900 4.300.600-3.100 3 .7 4.300L8 11.600l-3.800 2 .7-4.300-3.100-3 4.300-.600z"
      className="filled"
    />
  </Icon>
)
